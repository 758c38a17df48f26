"""Runs, observations, judgements and accepted baselines."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "run",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True)),
        sa.Column("inventory_path", sa.Text, nullable=False),
        sa.Column("inventory_sha256", sa.String(64), nullable=False),
        sa.Column("inventory", sa.LargeBinary, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("scanner_version", sa.String(64), nullable=False),
    )
    op.create_index("run_by_inventory", "run", ["inventory_path", "started"])
    op.create_table(
        "observation",
        sa.Column("run", sa.String(32), sa.ForeignKey("run.id", ondelete="CASCADE")),
        sa.Column("target", sa.String(1000)),
        sa.Column("probe", sa.String(64)),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("contacts", sa.LargeBinary, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("run", "target", "probe"),
    )
    op.create_table(
        "judgement",
        sa.Column("run", sa.String(32), sa.ForeignKey("run.id", ondelete="CASCADE")),
        sa.Column("profile", sa.String(200)),
        sa.Column("judged", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assessment", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("run", "profile"),
    )
    op.create_table(
        "baseline",
        sa.Column("inventory_path", sa.Text, primary_key=True),
        sa.Column(
            "run", sa.String(32), sa.ForeignKey("run.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("accepted", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("baseline", "judgement", "observation", "run"):
        op.drop_table(table)
