"""spaces_feature step: s0005_sound

The step itself lives in the package and never changes.
"""

from spaces_feature.db import revision as spaces

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    spaces.upgrade("s0005_sound")


def downgrade():
    spaces.downgrade("s0005_sound")
