package dev.moa.gateway.call;

import dev.moa.protocol.MethodName;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.describe.ServiceDocuments;

/**
 * Whom a path below {@code /api} calls.
 *
 * @param service all but the last segment
 * @param method the last segment
 */
record CallPath(ServiceName service, String method) {

    static final String PREFIX = "/api";

    /** What asks for a service's OpenAPI document in the place of a method. */
    static final String OPEN_API = "/openapi.json";

    /**
     * Reads {@code /api/<service>/<method>} as it came, percent-encoded or not.
     *
     * @throws MoaException INVALID_ARGUMENT if it is none
     */
    static CallPath parse(String rawPath) {
        // names hold no character that must be encoded; $ of built-in methods may be
        String path = rawPath.substring(PREFIX.length()).replace("%24", "$");
        int slash = path.lastIndexOf('/');
        if (slash <= 0) {
            throw new MoaException(
                    StatusCode.INVALID_ARGUMENT,
                    "path: '%s' (expected: /api/<service>/<method>, for example /api/service/helloworld/hello)"
                            .formatted(rawPath.length() <= 200 ? rawPath : rawPath.substring(0, 200) + "…"));
        }
        try {
            return new CallPath(
                    ServiceName.of(path.substring(0, slash)), MethodName.require(path.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new MoaException(StatusCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Reads {@code /api/<service>/openapi.json} as the call that answers it.
     *
     * @throws MoaException INVALID_ARGUMENT if it is none
     */
    static CallPath parseOpenApi(String rawPath) {
        return parse(rawPath.substring(0, rawPath.length() - OPEN_API.length()) + '/' + ServiceDocuments.OPEN_API);
    }
}
