package dev.moa.codec.hessian;

import dev.moa.protocol.Payload;
import dev.moa.sdk.codec.BodyCodec;
import dev.moa.sdk.codec.ServiceBodies;
import dev.moa.sdk.codec.ServiceInterface;

/**
 * Hessian2, which writes fields and names classes. A name that the service's interface does not lead to is refused
 * before anything is loaded; lengths and nesting are bounded by the bytes that are there.
 *
 * <p>Set it at both ends, by {@code MoaClient.Builder.codec} and {@code MoaServer.Builder.codecs}.
 */
public final class HessianCodec implements BodyCodec {

    @Override
    public Payload.Format format() {
        return Payload.Format.HESSIAN;
    }

    @Override
    public ServiceBodies derive(ServiceInterface methods) {
        return new HessianBodies(methods, FieldTypes.of(methods));
    }
}
