"""The address register, online answers, legs; what a geocoder had to say about a home.

Revision: 0002_places
Follows: 0001_first_journey
"""

import sqlalchemy as sa
from alembic import op


revision = '0002_places'
down_revision = '0001_first_journey'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('driven_leg',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('model_min', sa.Double(), nullable=False),
    sa.Column('driven_min', sa.Double(), nullable=False),
    sa.Column('driven_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('model_min > 0 AND driven_min > 0', name=op.f('ck_driven_leg_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_driven_leg')),
    sa.UniqueConstraint('reference', name=op.f('uq_driven_leg_reference')),
    sqlite_strict=True
    )
    op.create_table('online_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('answer', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_online_answer')),
    sa.UniqueConstraint('provider', 'question', name=op.f('uq_online_answer_provider_question')),
    sqlite_strict=True
    )
    op.create_table('online_turn',
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('free_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('provider', name=op.f('pk_online_turn')),
    sqlite_strict=True
    )
    op.create_table('register_source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('credit', sa.String(), nullable=False),
    sa.Column('rank', sa.SmallInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_source')),
    sa.UniqueConstraint('name', name=op.f('uq_register_source_name')),
    sqlite_strict=True
    )
    op.create_table('register_street',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('postcode', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('city_key', sa.String(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_street')),
    sa.UniqueConstraint('key', 'postcode', 'city_key', 'district', name=op.f('uq_register_street_key_postcode_city_key_district')),
    sqlite_strict=True
    )
    with op.batch_alter_table('register_street', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_street_postcode'), ['postcode'], unique=False)

    op.create_table('street_alias',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('old_name', sa.String(), nullable=False),
    sa.Column('old_key', sa.String(), nullable=False),
    sa.Column('new_name', sa.String(), nullable=False),
    sa.Column('new_key', sa.String(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_street_alias')),
    sa.UniqueConstraint('old_key', 'new_key', name=op.f('uq_street_alias_old_key_new_key')),
    sqlite_strict=True
    )
    op.create_table('kept_legs',
    sa.Column('engine', sa.String(), nullable=False),
    sa.Column('start', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('legs', sa.String(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('engine', 'start', name=op.f('pk_kept_legs')),
    sqlite_strict=True,
    sqlite_with_rowid=False
    )
    op.create_table('register_edition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('is_current', sa.Boolean(), nullable=False),
    sa.Column('file_names', sa.String(), nullable=False),
    sa.Column('houses', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['register_source.id'], name=op.f('fk_register_edition_source_id_register_source')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_edition')),
    sqlite_strict=True
    )
    with op.batch_alter_table('register_edition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_edition_source_id'), ['source_id'], unique=False)
        batch_op.create_index('uq_register_edition_current', ['source_id'], unique=True, sqlite_where=sa.text('is_current'), postgresql_where=sa.text('is_current'))

    op.create_table('register_house',
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('lat_e6', sa.Integer(), nullable=True),
    sa.Column('lon_e6', sa.Integer(), nullable=True),
    sa.CheckConstraint('(lat_e6 IS NULL) = (lon_e6 IS NULL)', name=op.f('ck_register_house_both_or_none')),
    sa.ForeignKeyConstraint(['edition_id'], ['register_edition.id'], name=op.f('fk_register_house_edition_id_register_edition')),
    sa.ForeignKeyConstraint(['street_id'], ['register_street.id'], name=op.f('fk_register_house_street_id_register_street')),
    sa.PrimaryKeyConstraint('street_id', 'number', 'edition_id', name=op.f('pk_register_house')),
    sqlite_strict=True,
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.add_column(sa.Column('travel', sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table('home', schema=None) as batch_op:
        batch_op.add_column(sa.Column('matched', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('remarks', sa.JSON(none_as_null=True), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('candidates', sa.JSON(none_as_null=True), server_default='[]', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.drop_column('travel')

    with op.batch_alter_table('home', schema=None) as batch_op:
        batch_op.drop_column('candidates')
        batch_op.drop_column('remarks')
        batch_op.drop_column('matched')

    op.drop_table('register_house')
    with op.batch_alter_table('register_edition', schema=None) as batch_op:
        batch_op.drop_index('uq_register_edition_current', sqlite_where=sa.text('is_current'), postgresql_where=sa.text('is_current'))
        batch_op.drop_index(batch_op.f('ix_register_edition_source_id'))

    op.drop_table('register_edition')
    op.drop_table('kept_legs')
    op.drop_table('street_alias')
    with op.batch_alter_table('register_street', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_register_street_postcode'))

    op.drop_table('register_street')
    op.drop_table('register_source')
    op.drop_table('online_turn')
    op.drop_table('online_answer')
    op.drop_table('driven_leg')
