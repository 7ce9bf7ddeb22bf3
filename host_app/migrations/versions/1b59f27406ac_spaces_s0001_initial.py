"""spaces_feature step: s0001_initial

The step itself lives in the package and never changes.
"""

from spaces_feature.db import revision as spaces

revision = "1b59f27406ac"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    spaces.upgrade("s0001_initial")


def downgrade():
    spaces.downgrade("s0001_initial")
