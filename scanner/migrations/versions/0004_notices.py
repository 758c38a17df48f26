"""What was told to whom, so that nobody is told twice."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "notice",
        sa.Column("run", sa.String(32), sa.ForeignKey("run.id", ondelete="CASCADE")),
        sa.Column("profile", sa.String(200)),
        sa.Column("channel", sa.String(16)),
        sa.Column("agency", sa.String(200)),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run", "profile", "channel", "agency"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("notice")
