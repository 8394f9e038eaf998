package dev.moa.sdk.codec;

/** A value is of a class that the service's interface does not name. */
public final class OutsideTypeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String type;

    /** @param type the name of the class */
    public OutsideTypeException(String type, String service) {
        super("class %s is not one of the types of %s (expected: a class that its methods name)"
                .formatted(type, service));
        this.type = type;
    }

    /** Returns the name of the class. */
    public String type() {
        return type;
    }
}
