"""Offered windows, wishes, fixed runs and stops, the counter at the office, parcels.

Revision: 0003_runs
Follows: 0002_places
"""

import sqlalchemy as sa
from alembic import op


revision = '0003_runs'
down_revision = '0002_places'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('counter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('start_min', sa.Integer(), nullable=False),
    sa.Column('end_min', sa.Integer(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.CheckConstraint('0 <= start_min AND start_min < end_min AND end_min <= 1440', name=op.f('ck_counter_span')),
    sa.CheckConstraint('places > 0', name=op.f('ck_counter_places')),
    sa.CheckConstraint('start_min % 15 = 0 AND end_min % 15 = 0', name=op.f('ck_counter_quarters')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counter')),
    sa.UniqueConstraint('on_date', 'start_min', name=op.f('uq_counter_on_date_start_min')),
    sqlite_strict=True
    )
    with op.batch_alter_table('counter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_counter_on_date'), ['on_date'], unique=False)

    op.create_table('timetable',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timetable')),
    sqlite_strict=True
    )
    op.execute("INSERT INTO timetable (id, version) VALUES (1, 0)")

    op.create_table('booking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stop_id', sa.Integer(), nullable=False),
    sa.Column('counter_id', sa.Integer(), nullable=False),
    sa.Column('start_min', sa.Integer(), nullable=False),
    sa.Column('seat', sa.Integer(), nullable=False),
    sa.Column('booked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('start_min % 15 = 0', name=op.f('ck_booking_quarter')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_booking_counter_id_counter')),
    sa.ForeignKeyConstraint(['stop_id'], ['stop.id'], name=op.f('fk_booking_stop_id_stop')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking')),
    sqlite_strict=True
    )
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.create_index('uq_booking_seat', ['counter_id', 'start_min', 'seat'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))
        batch_op.create_index('uq_booking_stop', ['stop_id'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.create_table('parcel',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stop_id', sa.Integer(), nullable=False),
    sa.Column('carrier', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['stop_id'], ['stop.id'], name=op.f('fk_parcel_stop_id_stop')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parcel')),
    sa.UniqueConstraint('stop_id', name=op.f('uq_parcel_stop_id')),
    sqlite_strict=True
    )
    op.create_table('slot_offer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stop_id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('start_min', sa.Integer(), nullable=False),
    sa.Column('end_min', sa.Integer(), nullable=False),
    sa.Column('detour_s', sa.Integer(), nullable=False),
    sa.Column('detour_m', sa.Integer(), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('offered_by', sa.String(), nullable=False),
    sa.Column('answer', sa.String(length=32), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(answer IS NULL) = (answered_at IS NULL)', name=op.f('ck_slot_offer_answered')),
    sa.CheckConstraint('0 <= start_min AND start_min < end_min AND end_min <= 1440', name=op.f('ck_slot_offer_span')),
    sa.ForeignKeyConstraint(['shift_id'], ['shift.id'], name=op.f('fk_slot_offer_shift_id_shift')),
    sa.ForeignKeyConstraint(['stop_id'], ['stop.id'], name=op.f('fk_slot_offer_stop_id_stop')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slot_offer')),
    sqlite_strict=True
    )
    with op.batch_alter_table('slot_offer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_slot_offer_stop_id'), ['stop_id'], unique=False)

    op.create_table('slot_wish',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stop_id', sa.Integer(), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('start_min', sa.Integer(), nullable=False),
    sa.Column('end_min', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(), nullable=True),
    sa.Column('answer', sa.String(), nullable=False),
    sa.CheckConstraint('0 <= start_min AND start_min < end_min AND end_min <= 1440', name=op.f('ck_slot_wish_span')),
    sa.ForeignKeyConstraint(['stop_id'], ['stop.id'], name=op.f('fk_slot_wish_stop_id_stop')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slot_wish')),
    sqlite_strict=True
    )
    with op.batch_alter_table('slot_wish', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_slot_wish_stop_id'), ['stop_id'], unique=False)
        batch_op.create_index('uq_slot_wish_open', ['stop_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mode', sa.String(length=32), nullable=False, server_default='everything'))
        batch_op.add_column(sa.Column('is_cut_short', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('advice', sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('fixed_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.add_column(sa.Column('off_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('booked_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('stop', schema=None) as batch_op:
        batch_op.add_column(sa.Column('way', sa.String(length=32), nullable=False, server_default='van'))
        batch_op.add_column(sa.Column('crew', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('priority', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('fixed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('invited_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('van', schema=None) as batch_op:
        batch_op.add_column(sa.Column('co2_g_per_km', sa.Integer(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('van', schema=None) as batch_op:
        batch_op.drop_column('co2_g_per_km')

    with op.batch_alter_table('stop', schema=None) as batch_op:
        batch_op.drop_column('invited_at')
        batch_op.drop_column('fixed_at')
        batch_op.drop_column('priority')
        batch_op.drop_column('crew')
        batch_op.drop_column('way')

    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.drop_column('booked_at')
        batch_op.drop_column('off_at')

    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.drop_column('fixed_at')

    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.drop_column('advice')
        batch_op.drop_column('is_cut_short')
        batch_op.drop_column('mode')

    with op.batch_alter_table('slot_wish', schema=None) as batch_op:
        batch_op.drop_index('uq_slot_wish_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_slot_wish_stop_id'))

    op.drop_table('slot_wish')
    with op.batch_alter_table('slot_offer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_slot_offer_stop_id'))

    op.drop_table('slot_offer')
    op.drop_table('parcel')
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.drop_index('uq_booking_stop', sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))
        batch_op.drop_index('uq_booking_seat', sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.drop_table('booking')
    op.drop_table('timetable')
    with op.batch_alter_table('counter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_counter_on_date'))

    op.drop_table('counter')
