"""spaces_feature step: s0004_cockpit

The step itself lives in the package and never changes.
"""

from spaces_feature.db import revision as spaces

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    spaces.upgrade("s0004_cockpit")


def downgrade():
    spaces.downgrade("s0004_cockpit")
