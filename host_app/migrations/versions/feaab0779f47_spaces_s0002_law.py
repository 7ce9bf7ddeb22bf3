"""spaces_feature step: s0002_law

The step itself lives in the package and never changes.
"""

from spaces_feature.db import revision as spaces

revision = "feaab0779f47"
down_revision = "1b59f27406ac"
branch_labels = None
depends_on = None


def upgrade():
    spaces.upgrade("s0002_law")


def downgrade():
    spaces.downgrade("s0002_law")
