import Audit
import Redaction
import YAML
