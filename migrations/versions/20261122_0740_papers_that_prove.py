"""Seals, codes, receipts, questions, clients' approvals, scans.

Revision: 0004_agreements
Follows: 0003_runs
"""

import sqlalchemy as sa
from alembic import op


revision = '0004_agreements'
down_revision = '0003_runs'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('seal_certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('use', sa.String(length=32), server_default='seal', nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('pem', sa.String(), nullable=False),
    sa.Column('check_url', sa.String(), server_default='', nullable=False),
    sa.Column('is_current', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seal_certificate')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_seal_certificate_fingerprint')),
    sqlite_strict=True
    )
    with op.batch_alter_table('seal_certificate', schema=None) as batch_op:
        batch_op.create_index('uq_seal_certificate_current', ['is_current'], unique=True, sqlite_where=sa.text('is_current'), postgresql_where=sa.text('is_current'))

    op.create_table('letterhead',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lines', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('logo_file_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['logo_file_id'], ['stored_file.id'], name=op.f('fk_letterhead_logo_file_id_stored_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letterhead')),
    sqlite_strict=True
    )
    op.create_table('scan_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_scan_batch_file_id_stored_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scan_batch')),
    sqlite_strict=True
    )
    op.create_table('client_approval',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('link_id', sa.Integer(), nullable=True),
    sa.Column('supersedes_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('text_version_id', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('shows_names', sa.Boolean(), nullable=False),
    sa.Column('needs_file', sa.Boolean(), nullable=False),
    sa.Column('frozen_file_id', sa.Integer(), nullable=True),
    sa.Column('answer_file_id', sa.Integer(), nullable=True),
    sa.Column('answered_by_name', sa.String(), nullable=False),
    sa.Column('conditions', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), server_default='', nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('warned_days', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminders', sa.Integer(), server_default='0', nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state NOT IN ('given', 'partly', 'refused') OR answered_at IS NOT NULL", name=op.f('ck_client_approval_answered_has_moment')),
    sa.ForeignKeyConstraint(['answer_file_id'], ['stored_file.id'], name=op.f('fk_client_approval_answer_file_id_stored_file')),
    sa.ForeignKeyConstraint(['frozen_file_id'], ['stored_file.id'], name=op.f('fk_client_approval_frozen_file_id_stored_file')),
    sa.ForeignKeyConstraint(['link_id'], ['personal_link.id'], name=op.f('fk_client_approval_link_id_personal_link')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_client_approval_project_id_project')),
    sa.ForeignKeyConstraint(['supersedes_id'], ['client_approval.id'], name=op.f('fk_client_approval_supersedes_id_client_approval')),
    sa.ForeignKeyConstraint(['text_version_id'], ['text_version.id'], name=op.f('fk_client_approval_text_version_id_text_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_client_approval')),
    sqlite_strict=True
    )
    with op.batch_alter_table('client_approval', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_client_approval_link_id'), ['link_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_client_approval_project_id'), ['project_id'], unique=False)
        batch_op.create_index('uq_client_approval_waiting', ['project_id'], unique=True, sqlite_where=sa.text('answered_at IS NULL AND ended_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL AND ended_at IS NULL'))

    op.create_table('approved_person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('approval_id', sa.Integer(), nullable=False),
    sa.Column('employee_id', sa.Integer(), nullable=False),
    sa.Column('is_approved', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['approval_id'], ['client_approval.id'], name=op.f('fk_approved_person_approval_id_client_approval')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_approved_person_employee_id_employee')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approved_person')),
    sa.UniqueConstraint('approval_id', 'employee_id', name=op.f('uq_approved_person_approval_id_employee_id')),
    sqlite_strict=True
    )
    with op.batch_alter_table('approved_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_approved_person_employee_id'), ['employee_id'], unique=False)

    op.create_table('signature_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pack_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=32), nullable=False),
    sa.Column('sent_to', sa.String(), nullable=False),
    sa.Column('nonce', sa.String(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('tries >= 0', name=op.f('ck_signature_code_tries')),
    sa.ForeignKeyConstraint(['pack_id'], ['pack.id'], name=op.f('fk_signature_code_pack_id_pack')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signature_code')),
    sqlite_strict=True
    )
    with op.batch_alter_table('signature_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_signature_code_pack_id_created_at'), ['pack_id', 'created_at'], unique=False)

    op.create_table('paper_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employee_id', sa.Integer(), nullable=False),
    sa.Column('paper_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_paper_question_employee_id_employee')),
    sa.ForeignKeyConstraint(['paper_id'], ['paper.id'], name=op.f('fk_paper_question_paper_id_paper')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_question')),
    sqlite_strict=True
    )
    with op.batch_alter_table('paper_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_question_employee_id'), ['employee_id'], unique=False)

    op.create_table('scan_page',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('paper_id', sa.Integer(), nullable=True),
    sa.Column('sheet', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('why', sa.String(), server_default='', nullable=False),
    sa.Column('why_facts', sa.JSON(none_as_null=True), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['scan_batch.id'], name=op.f('fk_scan_page_batch_id_scan_batch')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_scan_page_file_id_stored_file')),
    sa.ForeignKeyConstraint(['paper_id'], ['paper.id'], name=op.f('fk_scan_page_paper_id_paper')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scan_page')),
    sa.UniqueConstraint('batch_id', 'number', name=op.f('uq_scan_page_batch_id_number')),
    sqlite_strict=True
    )
    with op.batch_alter_table('scan_page', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scan_page_paper_id'), ['paper_id'], unique=False)

    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.add_column(sa.Column('needs_approval', sa.Boolean(), server_default=sa.text('false'), nullable=False))

    with op.batch_alter_table('pack', schema=None) as batch_op:
        batch_op.add_column(sa.Column('called_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('needs_code', sa.Boolean(), server_default=sa.text('false'), nullable=False))
        batch_op.add_column(sa.Column('receipt_asked_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('receipt_confirmed_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.add_column(sa.Column('read_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('expires_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('supersedes_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('pages', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('paper_wanted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('uploaded_file_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('uploaded_form', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('seal_state', sa.String(length=32), nullable=False, server_default='none'))
        batch_op.add_column(sa.Column('seal_note', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('sealed_file_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_paper_uploaded_file_id_stored_file'), 'stored_file', ['uploaded_file_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_paper_sealed_file_id_stored_file'), 'stored_file', ['sealed_file_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_paper_supersedes_id_paper'), 'paper', ['supersedes_id'], ['id'])
        batch_op.drop_constraint(batch_op.f('uq_paper_pack_id_kind'), type_='unique')

    of_a_pack = sa.text("kind NOT IN ('haushalt_zutritt', 'rueckkehr')")
    op.create_index(
        'uq_paper_pack_id_kind',
        'paper',
        ['pack_id', 'kind'],
        unique=True,
        sqlite_where=of_a_pack,
        postgresql_where=of_a_pack,
    )

    with op.batch_alter_table('signature', schema=None) as batch_op:
        batch_op.add_column(sa.Column('code_channel', sa.String(length=32), nullable=True))

    with op.batch_alter_table('text_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('form', sa.String(length=32), nullable=False, server_default='textform'))
        batch_op.add_column(sa.Column('valid_months', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('note', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('reads_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_text_version_reads_id_text_version'), 'text_version', ['reads_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_text_version_reads_id'), ['reads_id'], unique=False)

    op.execute(
        "UPDATE text_version SET reads_id = (SELECT binding.id FROM text_version AS binding"
        " WHERE binding.kind = text_version.kind AND binding.number = text_version.number"
        " AND binding.language = 'de') WHERE language <> 'de'"
    )



def downgrade() -> None:
    with op.batch_alter_table('text_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_text_version_reads_id'))
        batch_op.drop_constraint(batch_op.f('fk_text_version_reads_id_text_version'), type_='foreignkey')
        batch_op.drop_column('reads_id')
        batch_op.drop_column('note')
        batch_op.drop_column('valid_months')
        batch_op.drop_column('form')

    with op.batch_alter_table('signature', schema=None) as batch_op:
        batch_op.drop_column('code_channel')

    op.drop_index('uq_paper_pack_id_kind', table_name='paper')
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_paper_pack_id_kind'), ['pack_id', 'kind'])
        batch_op.drop_constraint(batch_op.f('fk_paper_supersedes_id_paper'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_paper_sealed_file_id_stored_file'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_paper_uploaded_file_id_stored_file'), type_='foreignkey')
        batch_op.drop_column('sealed_at')
        batch_op.drop_column('sealed_file_id')
        batch_op.drop_column('seal_note')
        batch_op.drop_column('seal_state')
        batch_op.drop_column('uploaded_form')
        batch_op.drop_column('uploaded_file_id')
        batch_op.drop_column('paper_wanted_at')
        batch_op.drop_column('pages')
        batch_op.drop_column('supersedes_id')
        batch_op.drop_column('expires_on')
        batch_op.drop_column('read_at')

    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.drop_column('needs_approval')

    with op.batch_alter_table('pack', schema=None) as batch_op:
        batch_op.drop_column('receipt_confirmed_at')
        batch_op.drop_column('receipt_asked_at')
        batch_op.drop_column('needs_code')
        batch_op.drop_column('called_at')

    with op.batch_alter_table('scan_page', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_scan_page_paper_id'))

    op.drop_table('scan_page')
    with op.batch_alter_table('paper_question', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_question_employee_id'))

    op.drop_table('paper_question')
    with op.batch_alter_table('signature_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_signature_code_pack_id_created_at'))

    op.drop_table('signature_code')
    with op.batch_alter_table('approved_person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_approved_person_employee_id'))

    op.drop_table('approved_person')
    with op.batch_alter_table('client_approval', schema=None) as batch_op:
        batch_op.drop_index('uq_client_approval_waiting', sqlite_where=sa.text('answered_at IS NULL AND ended_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL AND ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_client_approval_project_id'))
        batch_op.drop_index(batch_op.f('ix_client_approval_link_id'))

    op.drop_table('client_approval')
    op.drop_table('scan_batch')
    op.drop_table('letterhead')
    with op.batch_alter_table('seal_certificate', schema=None) as batch_op:
        batch_op.drop_index('uq_seal_certificate_current', sqlite_where=sa.text('is_current'), postgresql_where=sa.text('is_current'))

    op.drop_table('seal_certificate')
