"""Missing small parts become cases, a case can be opened again, and a slip in a return undone.

Revision: 0007_cases
Follows: 0006_counts
"""

import sqlalchemy as sa
from alembic import op

revision = '0007_cases'
down_revision = '0006_counts'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('damage_case', schema=None) as batch_op:
        batch_op.alter_column('item_id', existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column('good_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('count', sa.Integer(), server_default='1', nullable=False))
        batch_op.create_index(batch_op.f('ix_damage_case_good_id'), ['good_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_damage_case_good_id_bulk_good'), 'bulk_good', ['good_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_damage_case_one_thing'), '(item_id IS NULL) <> (good_id IS NULL)')
        batch_op.create_check_constraint(batch_op.f('ck_damage_case_count'), 'count > 0 AND (count = 1 OR item_id IS NULL)')

    with op.batch_alter_table('return_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kit_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('box_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('looked', sa.String(), server_default='', nullable=False))
        batch_op.create_foreign_key(batch_op.f('fk_return_line_kit_id_kit'), 'kit', ['kit_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_return_line_box_id_box'), 'box', ['box_id'], ['id'])

    op.create_table('earlier_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('who_pays', sa.String(length=32), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reopened_by', sa.String(), nullable=False),
    sa.Column('reopened_because', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['damage_case.id'], name=op.f('fk_earlier_decision_case_id_damage_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_earlier_decision')),
    sqlite_strict=True
    )
    with op.batch_alter_table('earlier_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_earlier_decision_case_id'), ['case_id'], unique=False)


def downgrade() -> None:
    op.drop_table('earlier_decision')

    with op.batch_alter_table('return_line', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_return_line_box_id_box'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_return_line_kit_id_kit'), type_='foreignkey')
        batch_op.drop_column('looked')
        batch_op.drop_column('box_id')
        batch_op.drop_column('kit_id')

    op.execute("DELETE FROM damage_case WHERE item_id IS NULL")
    with op.batch_alter_table('damage_case', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_damage_case_count'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_damage_case_one_thing'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_damage_case_good_id_bulk_good'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_damage_case_good_id'))
        batch_op.drop_column('count')
        batch_op.drop_column('good_id')
        batch_op.alter_column('item_id', existing_type=sa.Integer(), nullable=False)
