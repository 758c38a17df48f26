"""How each check ended, beside each agency's judgement: what became of a finding is read there."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column.  Older judgements have none; theirs is read from their findings."""
    op.add_column("agency_judgement", sa.Column("marks", sa.LargeBinary))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("agency_judgement") as table:
        table.drop_column("marks")
