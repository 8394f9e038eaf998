package dev.moa.registry.http;

import java.util.List;

/** The body of a renewal, for the API document. */
record LeasesBody(List<LeaseBody> leases) {

    record LeaseBody(String id, long incarnation) {}
}
