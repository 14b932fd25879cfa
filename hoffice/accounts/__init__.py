"""Staff sign-in, roles, who may open what, and the personal links of employees and clients."""
