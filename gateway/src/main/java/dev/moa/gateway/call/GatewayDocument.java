package dev.moa.gateway.call;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.codec.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A service's own OpenAPI document, with the gateway as the server of its paths. */
final class GatewayDocument {

    private GatewayDocument() {}

    /** @throws MoaException INTERNAL if the service answered something else than an object */
    static byte[] of(Payload document) {
        JsonNode read = Json.MAPPER.readTree(document.array(), document.offset(), document.length());
        if (!(read instanceof ObjectNode own)) {
            throw new MoaException(
                    StatusCode.INTERNAL, "the service's OpenAPI document is no JSON object (look at its $openapi)");
        }
        own.putArray("servers").addObject().put("url", CallPath.PREFIX).put("description", "this gateway");
        return Json.MAPPER.writeValueAsBytes(own);
    }
}
