"""Attestations and waivers; judgements of one agency each."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables.  An older judgement holds its agencies itself, and is read as before."""
    op.create_table(
        "agency_judgement",
        sa.Column("run", sa.String(32), sa.ForeignKey("run.id", ondelete="CASCADE")),
        sa.Column("profile", sa.String(200)),
        sa.Column("agency", sa.String(200)),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("compliant", sa.Boolean, nullable=False),
        sa.Column("assessment", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("run", "profile", "agency"),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.Column("recorded", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("withdrawn", sa.Date),
        sa.Column("withdrawn_why", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("paper_by_agency", "paper", ["agency", "kind"])


def downgrade() -> None:
    """Drop them."""
    for table in ("paper", "agency_judgement"):
        op.drop_table(table)
