import CLibSSH2
import COpenSSL
