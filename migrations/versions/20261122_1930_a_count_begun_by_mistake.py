"""A stock-take that was begun by mistake can be discarded; it stays and says so.

Revision: 0006_counts
Follows: 0005_kits
"""

import sqlalchemy as sa
from alembic import op

revision = '0006_counts'
down_revision = '0005_kits'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('stock_take', schema=None) as batch_op:
        batch_op.add_column(sa.Column('discarded_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('stock_take', schema=None) as batch_op:
        batch_op.drop_column('discarded_at')
