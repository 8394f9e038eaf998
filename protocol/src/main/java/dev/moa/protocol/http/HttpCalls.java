package dev.moa.protocol.http;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.MethodName;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.json.CallJson;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.NetUtil;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code POST /service/helloworld/hello} with the arguments as JSON, as {@code docs/protocol.md} lays it down. */
public final class HttpCalls {

    private static final int MAX_CONTEXT_LENGTH = 256;
    private static final String USAGE =
            "POST /service/<name>/<method> with the arguments as a JSON array or object and Content-Type:"
                    + " application/json";

    private HttpCalls() {}

    /** Returns why a request is refused by its head alone, before its body is read; null if it is not. */
    public static @Nullable HttpReply refusal(HttpRequest head, int maxBodyBytes) {
        if (head.decoderResult().isFailure()) {
            Throwable cause = head.decoderResult().cause();
            if (cause instanceof TooLongHttpLineException) {
                return HttpReply.refusal(
                        414,
                        StatusCode.INVALID_ARGUMENT,
                        "the request line is longer than %d bytes".formatted(StrictRequestDecoder.MAX_LINE_BYTES));
            }
            if (cause instanceof TooLongHttpHeaderException) {
                return HttpReply.refusal(
                        431,
                        StatusCode.INVALID_ARGUMENT,
                        "more than %d headers, or more than %d bytes of them"
                                .formatted(StrictRequestDecoder.MAX_HEADERS, StrictRequestDecoder.MAX_HEADER_BYTES));
            }
            return HttpReply.refusal(
                    400,
                    StatusCode.INVALID_ARGUMENT,
                    "not an HTTP/1.1 request that is served here: "
                            + (cause == null ? "malformed" : cause.getMessage()));
        }
        HttpHeaders headers = head.headers();
        if (head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0
                && headers.getAll(HttpHeaderNames.HOST).size() != 1) {
            return HttpReply.refusal(400, StatusCode.INVALID_ARGUMENT, "expected: one Host header");
        }
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin != null && !isOwn(origin, headers.get(HttpHeaderNames.HOST))) {
            return HttpReply.refusal(
                    403,
                    StatusCode.PERMISSION_DENIED,
                    "pages of another origin may not call a moa port; browsers go through the gateway");
        }
        if (!head.method().equals(HttpMethod.POST)) {
            return HttpReply.refusal(
                            405,
                            StatusCode.UNIMPLEMENTED,
                            "%s is not served on a moa port (expected: %s)"
                                    .formatted(printable(head.method().name()), USAGE))
                    .with("Allow", "POST");
        }
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        if (!isJson(type)) {
            return HttpReply.refusal(
                    415,
                    StatusCode.INVALID_ARGUMENT,
                    "Content-Type: %s (expected: application/json)".formatted(type == null ? "none" : printable(type)));
        }
        if (HttpUtil.getContentLength(head, -1L) > maxBodyBytes) {
            return HttpReply.tooLong(maxBodyBytes);
        }
        return null;
    }

    /** Returns the bearer token that a request shows, or null. */
    public static @Nullable String token(HttpRequest head) {
        String authorization = head.headers().get(HttpHeaderNames.AUTHORIZATION);
        return authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? authorization.substring(7).strip()
                : null;
    }

    /**
     * Returns the call that a request is.
     *
     * @throws MoaException INVALID_ARGUMENT if it is none
     */
    public static CallRequest request(HttpRequest head, byte[] body) {
        String path = head.uri();
        int query = path.indexOf('?');
        if (query >= 0) {
            throw invalid("a query string is not read (expected: " + USAGE + ")");
        }
        path = decoded(path);
        int slash = path.lastIndexOf('/');
        if (slash <= 0 || path.charAt(0) != '/') {
            throw invalid("path '%s' (expected: %s)".formatted(printable(path), USAGE));
        }
        try {
            return new CallRequest(
                    null,
                    ServiceName.of(path.substring(0, slash)),
                    MethodName.require(path.substring(slash + 1)),
                    CallJson.readArgs(body, 0, body.length),
                    context(head.headers()),
                    null);
        } catch (IllegalArgumentException e) {
            throw new MoaException(StatusCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    private static CallContext context(HttpHeaders headers) {
        String timeout = headers.get("Moa-Timeout-Ms");
        String app = limited("Moa-App", headers.get("Moa-App"));
        String traceparent = limited("traceparent", headers.get("traceparent"));
        String path = limited("Moa-Path", headers.get("Moa-Path"));
        if (timeout == null && app == null && traceparent == null && path == null) {
            return CallContext.EMPTY;
        }
        return new CallContext(app, timeout == null ? 0 : milliseconds(timeout), traceparent, path, Map.of());
    }

    private static long milliseconds(String text) {
        if (text.isEmpty() || text.length() > 12 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw invalid("Moa-Timeout-Ms: '%s' (expected: a whole number of milliseconds)".formatted(printable(text)));
        }
        return Long.parseLong(text);
    }

    private static @Nullable String limited(String name, @Nullable String value) {
        if (value != null && value.length() > MAX_CONTEXT_LENGTH) {
            throw invalid("%s is %d characters long (limit %d)".formatted(name, value.length(), MAX_CONTEXT_LENGTH));
        }
        return value;
    }

    private static String decoded(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        try {
            // a plus stands for itself in a path
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalid("path '%s' (expected: %%XX to be two hexadecimal digits)".formatted(printable(path)));
        }
    }

    private static boolean isJson(@Nullable String type) {
        if (type == null) {
            return false;
        }
        String[] parts = type.toLowerCase(Locale.ROOT).split(";", 3);
        return parts[0].strip().equals("application/json")
                && (parts.length == 1
                        || (parts.length == 2
                                && parts[1].strip().replace("\"", "").equals("charset=utf-8")));
    }

    /**
     * A page of our own origin is one that this very address has served. A name is not enough: whoever owns a name
     * can point it at a loopback address (DNS rebinding).
     */
    private static boolean isOwn(String origin, @Nullable String hostHeader) {
        try {
            URI uri = new URI(origin);
            String host = uri.getHost();
            if (host == null || hostHeader == null || !hostHeader.equalsIgnoreCase(uri.getRawAuthority())) {
                return false;
            }
            String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            return bare.equalsIgnoreCase("localhost")
                    || NetUtil.isValidIpV4Address(bare)
                    || NetUtil.isValidIpV6Address(bare);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static MoaException invalid(String message) {
        return new MoaException(StatusCode.INVALID_ARGUMENT, message);
    }

    private static String printable(String text) {
        String shown = text.length() <= 100 ? text : text.substring(0, 100) + "…";
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
