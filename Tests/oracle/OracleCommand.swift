@main struct OracleCommand { static func main() async {} }
