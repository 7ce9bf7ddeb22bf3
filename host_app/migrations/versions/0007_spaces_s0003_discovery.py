"""spaces_feature step: s0003_discovery

The step itself lives in the package and never changes.
"""

from spaces_feature.db import revision as spaces

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    spaces.upgrade("s0003_discovery")


def downgrade():
    spaces.downgrade("s0003_discovery")
