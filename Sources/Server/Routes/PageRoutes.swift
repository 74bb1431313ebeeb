import HTTPTypes
import Hummingbird

/// The page at `/`, and the description of the API: files that the program carries in itself.
struct PageRoutes: Sendable {
    var all: [Route] {
        [
            Self.file("/", "text/html; charset=utf-8", PackageResources.index_html),
            Self.file("/app.css", "text/css; charset=utf-8", PackageResources.app_css),
            Self.file("/app.js", "text/javascript; charset=utf-8", PackageResources.app_js),
            Self.file("/dom.js", "text/javascript; charset=utf-8", PackageResources.dom_js),
            Self.file("/run-model.js", "text/javascript; charset=utf-8", PackageResources.run_model_js),
            Self.file("/run-view.js", "text/javascript; charset=utf-8", PackageResources.run_view_js),
            Self.file("/log-view.js", "text/javascript; charset=utf-8", PackageResources.log_view_js),
            Self.file("/icon.svg", "image/svg+xml", PackageResources.icon_svg),
            Self.file("/api/openapi.json", "application/json", PackageResources.openapi_json),
        ]
    }

    private static func file(_ path: String, _ type: String, _ bytes: [UInt8]) -> Route {
        let body = ByteBuffer(bytes: bytes)
        return Route(.get, path, needs: nil) { _, _ in
            var headers = HTTPFields()
            headers[.contentType] = type
            headers[.cacheControl] = "no-cache"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
        }
    }
}
