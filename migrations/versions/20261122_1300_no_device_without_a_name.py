"""Models, bulk goods, locations, counts, returns, transfers; a ledger that can be corrected.

Revision: 0005_kits
Follows: 0004_agreements
"""

import sqlalchemy as sa
from alembic import op

revision = '0005_kits'
down_revision = '0004_agreements'
branch_labels = None
depends_on = None


def _fill_search_text() -> None:
    """Tag and serial as written and without signs in between, then the model, in lower case."""
    item = sa.table(
        'item',
        sa.column('id'),
        sa.column('asset_tag'),
        sa.column('serial'),
        sa.column('model'),
        sa.column('search_text'),
    )
    signs = str.maketrans('', '', ' -_./:#')
    found = []
    for row in op.get_bind().execute(sa.select(item)).all():
        codes = [row.asset_tag.lower(), row.serial.lower()]
        short = [code.translate(signs) for code in codes]
        words = [*codes, *(one for one in short if one not in codes), row.model.lower()]
        found.append({'this': row.id, 'text': ' '.join(filter(None, words))})
    if found:
        change = item.update().where(item.c.id == sa.bindparam('this'))
        op.get_bind().execute(change.values(search_text=sa.bindparam('text')), found)


def upgrade() -> None:
    op.create_table('bulk_good',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('ean', sa.String(), nullable=False),
    sa.Column('litres', sa.Integer(), nullable=False),
    sa.Column('weight_g', sa.Integer(), nullable=False),
    sa.Column('value_cents', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('litres >= 0 AND weight_g >= 0 AND value_cents >= 0', name=op.f('ck_bulk_good_sizes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_good')),
    sa.UniqueConstraint('name', name=op.f('uq_bulk_good_name')),
    sqlite_strict=True
    )
    with op.batch_alter_table('bulk_good', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bulk_good_ean'), ['ean'], unique=False)

    op.create_table('home_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('wants_photo', sa.Boolean(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.String(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_home_check')),
    sqlite_strict=True
    )
    op.create_table('item_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('header', sa.JSON(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item_import')),
    sqlite_strict=True
    )
    op.create_table('item_model',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('ean', sa.String(), nullable=False),
    sa.Column('serial_pattern', sa.String(), nullable=False),
    sa.Column('litres', sa.Integer(), nullable=False),
    sa.Column('weight_g', sa.Integer(), nullable=False),
    sa.Column('is_fragile', sa.Boolean(), nullable=False),
    sa.Column('warranty_months', sa.Integer(), nullable=False),
    sa.Column('value_cents', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('litres >= 0 AND weight_g >= 0 AND value_cents >= 0', name=op.f('ck_item_model_sizes')),
    sa.CheckConstraint('warranty_months >= 0', name=op.f('ck_item_model_warranty')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item_model')),
    sa.UniqueConstraint('kind', 'name', name=op.f('uq_item_model_kind_name')),
    sqlite_strict=True
    )
    with op.batch_alter_table('item_model', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_item_model_ean'), ['ean'], unique=False)

    op.create_table('location',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_location')),
    sa.UniqueConstraint('code', name=op.f('uq_location_code')),
    sa.UniqueConstraint('name', name=op.f('uq_location_name')),
    sqlite_strict=True
    )
    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_attachment_file_id_stored_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sqlite_strict=True
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_subject'), ['subject'], unique=False)

    op.create_table('bulk_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('good_id', sa.Integer(), nullable=False),
    sa.Column('from_kind', sa.String(length=32), nullable=True),
    sa.Column('from_id', sa.Integer(), nullable=True),
    sa.Column('to_kind', sa.String(length=32), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('because', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.CheckConstraint('count > 0', name=op.f('ck_bulk_entry_count')),
    sa.ForeignKeyConstraint(['good_id'], ['bulk_good.id'], name=op.f('fk_bulk_entry_good_id_bulk_good')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_entry')),
    sqlite_strict=True
    )
    with op.batch_alter_table('bulk_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bulk_entry_because'), ['because'], unique=False)
        batch_op.create_index(batch_op.f('ix_bulk_entry_from_kind_from_id_at'), ['from_kind', 'from_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_bulk_entry_good_id_at'), ['good_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_bulk_entry_to_kind_to_id_at'), ['to_kind', 'to_id', 'at'], unique=False)

    op.create_table('bulk_holding',
    sa.Column('good_id', sa.Integer(), nullable=False),
    sa.Column('holder_kind', sa.String(length=32), nullable=False),
    sa.Column('holder_id', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.CheckConstraint('count >= 0', name=op.f('ck_bulk_holding_count')),
    sa.ForeignKeyConstraint(['good_id'], ['bulk_good.id'], name=op.f('fk_bulk_holding_good_id_bulk_good')),
    sa.PrimaryKeyConstraint('good_id', 'holder_kind', 'holder_id', name=op.f('pk_bulk_holding')),
    sqlite_strict=True
    )
    with op.batch_alter_table('bulk_holding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bulk_holding_holder_kind_holder_id'), ['holder_kind', 'holder_id'], unique=False)

    op.create_table('kit_type_good',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kit_type_id', sa.Integer(), nullable=False),
    sa.Column('good_id', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('box_no', sa.Integer(), nullable=False),
    sa.CheckConstraint('box_no > 0', name=op.f('ck_kit_type_good_box_no')),
    sa.CheckConstraint('count > 0', name=op.f('ck_kit_type_good_count')),
    sa.ForeignKeyConstraint(['good_id'], ['bulk_good.id'], name=op.f('fk_kit_type_good_good_id_bulk_good')),
    sa.ForeignKeyConstraint(['kit_type_id'], ['kit_type.id'], name=op.f('fk_kit_type_good_kit_type_id_kit_type')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kit_type_good')),
    sa.UniqueConstraint('kit_type_id', 'good_id', 'box_no', name=op.f('uq_kit_type_good_kit_type_id_good_id_box_no')),
    sqlite_strict=True
    )
    with op.batch_alter_table('kit_type_good', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kit_type_good_kit_type_id'), ['kit_type_id'], unique=False)

    op.create_table('stock_take',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('location_id', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', sa.String(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_stock_take_location_id_location')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_take')),
    sqlite_strict=True
    )
    op.create_table('task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('facts', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.String(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.CheckConstraint("(done_at IS NULL) = (done_by = '')", name=op.f('ck_task_done')),
    sa.ForeignKeyConstraint(['owner_id'], ['account.id'], name=op.f('fk_task_owner_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task')),
    sqlite_strict=True
    )
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_owner_id_done_at'), ['owner_id', 'done_at'], unique=False)
        batch_op.create_index('uq_task_open', ['kind', 'subject'], unique=True, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))

    op.create_table('item_import_line',
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('after', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['item_import.id'], name=op.f('fk_item_import_line_import_id_item_import')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_item_import_line_item_id_item')),
    sa.PrimaryKeyConstraint('import_id', 'item_id', name=op.f('pk_item_import_line')),
    sqlite_strict=True
    )
    op.create_table('scan',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('answer', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_scan_item_id_item')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scan')),
    sqlite_strict=True
    )
    with op.batch_alter_table('scan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scan_subject'), ['subject'], unique=False)

    op.create_table('stock_take_line',
    sa.Column('stock_take_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('is_expected', sa.Boolean(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_by', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.CheckConstraint('is_expected OR seen_at IS NOT NULL', name=op.f('ck_stock_take_line_expected_or_seen')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_stock_take_line_item_id_item')),
    sa.ForeignKeyConstraint(['stock_take_id'], ['stock_take.id'], name=op.f('fk_stock_take_line_stock_take_id_stock_take')),
    sa.PrimaryKeyConstraint('stock_take_id', 'item_id', name=op.f('pk_stock_take_line')),
    sqlite_strict=True
    )
    with op.batch_alter_table('stock_take_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stock_take_line_item_id'), ['item_id'], unique=False)

    op.create_table('stock_take_stranger',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stock_take_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['stock_take_id'], ['stock_take.id'], name=op.f('fk_stock_take_stranger_stock_take_id_stock_take')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_take_stranger')),
    sa.UniqueConstraint('stock_take_id', 'code', name=op.f('uq_stock_take_stranger_stock_take_id_code')),
    sqlite_strict=True
    )
    op.create_table('home_check_person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.Integer(), nullable=False),
    sa.Column('employee_id', sa.Integer(), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['check_id'], ['home_check.id'], name=op.f('fk_home_check_person_check_id_home_check')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_home_check_person_employee_id_employee')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_home_check_person')),
    sa.UniqueConstraint('check_id', 'employee_id', name=op.f('uq_home_check_person_check_id_employee_id')),
    sqlite_strict=True
    )
    with op.batch_alter_table('home_check_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_home_check_person_employee_id'), ['employee_id'], unique=False)

    op.create_table('reservation',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('employee_id', sa.Integer(), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_reservation_employee_id_employee')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_reservation_item_id_item')),
    sa.ForeignKeyConstraint(['replaces_id'], ['item.id'], name=op.f('fk_reservation_replaces_id_item')),
    sa.PrimaryKeyConstraint('item_id', name=op.f('pk_reservation')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_reservation_replaces_id')),
    sqlite_strict=True
    )
    with op.batch_alter_table('reservation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reservation_employee_id'), ['employee_id'], unique=False)

    op.create_table('transfer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('proposed_by', sa.String(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('declined_by', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.CheckConstraint('from_id <> to_id', name=op.f('ck_transfer_two_people')),
    sa.ForeignKeyConstraint(['from_id'], ['employee.id'], name=op.f('fk_transfer_from_id_employee')),
    sa.ForeignKeyConstraint(['to_id'], ['employee.id'], name=op.f('fk_transfer_to_id_employee')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer')),
    sqlite_strict=True
    )
    with op.batch_alter_table('transfer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_transfer_from_id'), ['from_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfer_to_id'), ['to_id'], unique=False)

    op.create_table('home_check_line',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('answer', sa.String(length=32), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('photo_file_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_home_check_line_item_id_item')),
    sa.ForeignKeyConstraint(['person_id'], ['home_check_person.id'], name=op.f('fk_home_check_line_person_id_home_check_person')),
    sa.ForeignKeyConstraint(['photo_file_id'], ['stored_file.id'], name=op.f('fk_home_check_line_photo_file_id_stored_file')),
    sa.PrimaryKeyConstraint('person_id', 'item_id', name=op.f('pk_home_check_line')),
    sqlite_strict=True
    )
    op.create_table('kit_return',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employee_id', sa.Integer(), nullable=False),
    sa.Column('kit_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=32), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by', sa.String(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_kit_return_employee_id_employee')),
    sa.ForeignKeyConstraint(['kit_id'], ['kit.id'], name=op.f('fk_kit_return_kit_id_kit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kit_return')),
    sqlite_strict=True
    )
    with op.batch_alter_table('kit_return', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kit_return_employee_id'), ['employee_id'], unique=False)

    op.create_table('teardown',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kit_id', sa.Integer(), nullable=False),
    sa.Column('location_id', sa.Integer(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('begun_by', sa.String(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['kit_id'], ['kit.id'], name=op.f('fk_teardown_kit_id_kit')),
    sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_teardown_location_id_location')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_teardown')),
    sa.UniqueConstraint('kit_id', name=op.f('uq_teardown_kit_id')),
    sqlite_strict=True
    )
    with op.batch_alter_table('teardown', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_teardown_begun_by'), ['begun_by'], unique=False)

    op.create_table('transfer_item',
    sa.Column('transfer_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_transfer_item_item_id_item')),
    sa.ForeignKeyConstraint(['transfer_id'], ['transfer.id'], name=op.f('fk_transfer_item_transfer_id_transfer')),
    sa.PrimaryKeyConstraint('transfer_id', 'item_id', name=op.f('pk_transfer_item')),
    sqlite_strict=True
    )
    with op.batch_alter_table('transfer_item', schema=None) as batch_op:
        batch_op.create_index('uq_transfer_item_open', ['item_id'], unique=True, sqlite_where=sa.text('is_open'), postgresql_where=sa.text('is_open'))

    op.create_table('return_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('return_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('good_id', sa.Integer(), nullable=True),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('came', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=32), nullable=True),
    sa.Column('came_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('condition', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('wipe_method', sa.String(length=32), nullable=True),
    sa.Column('wiped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('wiped_by', sa.String(), nullable=False),
    sa.Column('after', sa.String(length=32), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.CheckConstraint('(item_id IS NULL) <> (good_id IS NULL)', name=op.f('ck_return_line_one_thing')),
    sa.CheckConstraint('(wiped_at IS NULL) = (wipe_method IS NULL)', name=op.f('ck_return_line_a_wipe_has_a_method')),
    sa.CheckConstraint('expected >= 0 AND came >= 0', name=op.f('ck_return_line_counts')),
    sa.ForeignKeyConstraint(['good_id'], ['bulk_good.id'], name=op.f('fk_return_line_good_id_bulk_good')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_return_line_item_id_item')),
    sa.ForeignKeyConstraint(['return_id'], ['kit_return.id'], name=op.f('fk_return_line_return_id_kit_return')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_line')),
    sqlite_strict=True
    )
    with op.batch_alter_table('return_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_return_line_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_return_line_return_id'), ['return_id'], unique=False)
        batch_op.create_index('uq_return_line_open_item', ['item_id'], unique=True, sqlite_where=sa.text('is_open'), postgresql_where=sa.text('is_open'))

    op.create_table('damage_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('employee_id', sa.Integer(), nullable=True),
    sa.Column('return_line_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('found_by', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('value_cents', sa.Integer(), nullable=False),
    sa.Column('who_pays', sa.String(length=32), nullable=True),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.CheckConstraint('(decided_at IS NULL) = (who_pays IS NULL)', name=op.f('ck_damage_case_decided')),
    sa.CheckConstraint('value_cents >= 0 AND amount_cents >= 0', name=op.f('ck_damage_case_amounts')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_damage_case_employee_id_employee')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_damage_case_item_id_item')),
    sa.ForeignKeyConstraint(['return_line_id'], ['return_line.id'], name=op.f('fk_damage_case_return_line_id_return_line')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_damage_case')),
    sqlite_strict=True
    )
    with op.batch_alter_table('damage_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_damage_case_employee_id'), ['employee_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_damage_case_item_id'), ['item_id'], unique=False)

    op.create_table('kit_good',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kit_id', sa.Integer(), nullable=False),
    sa.Column('good_id', sa.Integer(), nullable=False),
    sa.Column('box_id', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('holder_kind', sa.String(length=32), nullable=False),
    sa.Column('holder_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('count > 0', name=op.f('ck_kit_good_count')),
    sa.ForeignKeyConstraint(['box_id'], ['box.id'], name=op.f('fk_kit_good_box_id_box')),
    sa.ForeignKeyConstraint(['good_id'], ['bulk_good.id'], name=op.f('fk_kit_good_good_id_bulk_good')),
    sa.ForeignKeyConstraint(['kit_id'], ['kit.id'], name=op.f('fk_kit_good_kit_id_kit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kit_good')),
    sa.UniqueConstraint('kit_id', 'good_id', 'box_id', name=op.f('uq_kit_good_kit_id_good_id_box_id')),
    sqlite_strict=True
    )
    with op.batch_alter_table('kit_good', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kit_good_box_id'), ['box_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_kit_good_good_id_holder_kind_holder_id'), ['good_id', 'holder_kind', 'holder_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_kit_good_kit_id'), ['kit_id'], unique=False)

    let_the_ledger_change()
    with op.batch_alter_table('custody_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE custody_entry SET recorded_at = at")
    with op.batch_alter_table('custody_entry', schema=None) as batch_op:
        batch_op.alter_column('recorded_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.add_column(sa.Column('note', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('corrects_id', sa.Integer(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_custody_entry_item_id_id'))
        batch_op.drop_index(batch_op.f('ix_custody_entry_to_kind_to_id'))
        batch_op.create_index(batch_op.f('ix_custody_entry_item_id_at_id_recorded_at_to_kind_to_id'), ['item_id', 'at', 'id', 'recorded_at', 'to_kind', 'to_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_custody_entry_to_kind_to_id_at'), ['to_kind', 'to_id', 'at'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_custody_entry_corrects_id'), ['corrects_id'])
        batch_op.create_foreign_key(batch_op.f('fk_custody_entry_corrects_id_custody_entry'), 'custody_entry', ['corrects_id'], ['id'])
    close_the_ledger("custody_entry")
    close_the_ledger("bulk_entry")

    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('model_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('note', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('is_to_check', sa.Boolean(), server_default=sa.text('false'), nullable=False))
        batch_op.add_column(sa.Column('search_text', sa.String(), server_default='', nullable=False))
        batch_op.create_index(batch_op.f('ix_item_model_id'), ['model_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_item_warranty_until'), ['warranty_until'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_item_model_id_item_model'), 'item_model', ['model_id'], ['id'])
    _fill_search_text()

    with op.batch_alter_table('kit_type', schema=None) as batch_op:
        batch_op.add_column(sa.Column('role', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('series', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_kit_type_name'), type_='unique')
    op.execute("UPDATE kit_type SET series = 'kit-type-' || id")
    with op.batch_alter_table('kit_type', schema=None) as batch_op:
        batch_op.alter_column('series', existing_type=sa.String(), nullable=False)
        batch_op.create_index('uq_kit_type_name', ['name'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
        batch_op.create_unique_constraint(batch_op.f('uq_kit_type_series_version'), ['series', 'version'])

    with op.batch_alter_table('kit_type_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('model_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_kit_type_line_model_id_item_model'), 'item_model', ['model_id'], ['id'])


def let_the_ledger_change() -> None:
    """Take the guard off the ledger; on SQLite it goes with the table, which is written anew."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER custody_entry_refuses_update ON custody_entry")
    else:
        op.execute("DROP TRIGGER custody_entry_refuses_update")


def close_the_ledger(table: str) -> None:
    """Let the database itself refuse changes again."""
    for verb in ("UPDATE", "DELETE"):
        name = f"{table}_refuses_{verb.lower()}"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        else:
            op.execute(f"DROP TRIGGER IF EXISTS {name}")
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append only: {verb} on {table} is refused'); END"
            )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE OR REPLACE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )

def downgrade() -> None:
    with op.batch_alter_table('kit_type_line', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_kit_type_line_model_id_item_model'), type_='foreignkey')
        batch_op.drop_column('model_id')

    op.execute(
        "UPDATE kit_type SET name = name || ' (' || series || ' ' || version || ')' "
        "WHERE superseded_at IS NOT NULL"
    )
    with op.batch_alter_table('kit_type', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_kit_type_series_version'), type_='unique')
        batch_op.drop_index('uq_kit_type_name', sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
        batch_op.create_unique_constraint(batch_op.f('uq_kit_type_name'), ['name'])
        batch_op.drop_column('superseded_at')
        batch_op.drop_column('version')
        batch_op.drop_column('series')
        batch_op.drop_column('role')

    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_item_model_id_item_model'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_item_warranty_until'))
        batch_op.drop_index(batch_op.f('ix_item_model_id'))
        batch_op.drop_column('search_text')
        batch_op.drop_column('is_to_check')
        batch_op.drop_column('note')
        batch_op.drop_column('model_id')

    with op.batch_alter_table('custody_entry', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_custody_entry_corrects_id_custody_entry'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_custody_entry_corrects_id'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_custody_entry_to_kind_to_id_at'))
        batch_op.drop_index(batch_op.f('ix_custody_entry_item_id_at_id_recorded_at_to_kind_to_id'))
        batch_op.create_index(batch_op.f('ix_custody_entry_to_kind_to_id'), ['to_kind', 'to_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_custody_entry_item_id_id'), ['item_id', 'id'], unique=False)
        batch_op.drop_column('corrects_id')
        batch_op.drop_column('note')
        batch_op.drop_column('recorded_at')
    close_the_ledger("custody_entry")

    with op.batch_alter_table('kit_good', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kit_good_kit_id'))
        batch_op.drop_index(batch_op.f('ix_kit_good_good_id_holder_kind_holder_id'))
        batch_op.drop_index(batch_op.f('ix_kit_good_box_id'))

    op.drop_table('kit_good')
    with op.batch_alter_table('damage_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_damage_case_item_id'))
        batch_op.drop_index(batch_op.f('ix_damage_case_employee_id'))

    op.drop_table('damage_case')
    with op.batch_alter_table('return_line', schema=None) as batch_op:
        batch_op.drop_index('uq_return_line_open_item', sqlite_where=sa.text('is_open'), postgresql_where=sa.text('is_open'))
        batch_op.drop_index(batch_op.f('ix_return_line_return_id'))
        batch_op.drop_index(batch_op.f('ix_return_line_item_id'))

    op.drop_table('return_line')
    with op.batch_alter_table('transfer_item', schema=None) as batch_op:
        batch_op.drop_index('uq_transfer_item_open', sqlite_where=sa.text('is_open'), postgresql_where=sa.text('is_open'))

    op.drop_table('transfer_item')
    with op.batch_alter_table('teardown', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_teardown_begun_by'))

    op.drop_table('teardown')
    with op.batch_alter_table('kit_return', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kit_return_employee_id'))

    op.drop_table('kit_return')
    op.drop_table('home_check_line')
    with op.batch_alter_table('transfer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transfer_to_id'))
        batch_op.drop_index(batch_op.f('ix_transfer_from_id'))

    op.drop_table('transfer')
    with op.batch_alter_table('reservation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reservation_employee_id'))

    op.drop_table('reservation')
    with op.batch_alter_table('home_check_person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_home_check_person_employee_id'))

    op.drop_table('home_check_person')
    op.drop_table('stock_take_stranger')
    with op.batch_alter_table('stock_take_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stock_take_line_item_id'))

    op.drop_table('stock_take_line')
    with op.batch_alter_table('scan', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_scan_subject'))

    op.drop_table('scan')
    op.drop_table('item_import_line')
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_index('uq_task_open', sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_task_owner_id_done_at'))

    op.drop_table('task')
    op.drop_table('stock_take')
    with op.batch_alter_table('kit_type_good', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kit_type_good_kit_type_id'))

    op.drop_table('kit_type_good')
    with op.batch_alter_table('bulk_holding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bulk_holding_holder_kind_holder_id'))

    op.drop_table('bulk_holding')
    with op.batch_alter_table('bulk_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bulk_entry_to_kind_to_id_at'))
        batch_op.drop_index(batch_op.f('ix_bulk_entry_good_id_at'))
        batch_op.drop_index(batch_op.f('ix_bulk_entry_from_kind_from_id_at'))
        batch_op.drop_index(batch_op.f('ix_bulk_entry_because'))

    op.drop_table('bulk_entry')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_subject'))

    op.drop_table('attachment')
    op.drop_table('location')
    with op.batch_alter_table('item_model', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_item_model_ean'))

    op.drop_table('item_model')
    op.drop_table('item_import')
    op.drop_table('home_check')
    with op.batch_alter_table('bulk_good', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bulk_good_ean'))

    op.drop_table('bulk_good')
