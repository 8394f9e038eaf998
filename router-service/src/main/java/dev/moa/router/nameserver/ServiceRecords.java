package dev.moa.router.nameserver;

import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceView;
import dev.moa.router.address.WarmUp;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The records of one revision of a service, encoded.
 *
 * <p>An SRV target is not the name of the instance but of its address and port, {@link AddressName}: 32 bytes a record,
 * so that 2,000 instances fit into one message (65,535 bytes), which DNS has no way to exceed.
 *
 * @param a IPv4 addresses, each once
 * @param aaaa IPv6 addresses, each once
 * @param srv host, port and weight of every instance
 * @param glue the addresses of the SRV targets
 */
record ServiceRecords(RecordSet a, RecordSet aaaa, RecordSet srv, RecordSet glue) {

    /** HAProxy keeps the upper 8 of 16 bits: moa's 100 becomes 25 of 256 there, and 1,000 still fits. */
    private static final int WEIGHT_FACTOR = 64;

    private static final int MAX_NAME_LENGTH = 253;
    private static final int MAX_LABEL_LENGTH = 63;

    static ServiceRecords of(ServiceView view, NameFilter asked, RecordWriter writer, byte[] apex, long nowMs) {
        NameFilter filter = asked.chosenAmong(view.instances());
        Map<String, byte[]> a = new LinkedHashMap<>();
        Map<String, byte[]> aaaa = new LinkedHashMap<>();
        List<byte[]> srv = new ArrayList<>();
        List<byte[]> glue = new ArrayList<>();
        for (Instance instance : view.instances()) {
            if (!filter.accepts(instance)) {
                continue;
            }
            byte[] address = NetUtil.createByteArrayFromIpAddressString(instance.host());
            byte[] target = address == null
                    ? hostName(instance.host())
                    : RecordWriter.name(AddressName.of(address, instance.port()), apex);
            if (target == null) {
                continue;
            }
            int weight = Math.min(0xffff, WarmUp.weight(instance, nowMs) * WEIGHT_FACTOR);
            srv.add(writer.srv(weight, instance.port(), target));
            if (address != null) {
                Map<String, byte[]> sameFamily = address.length == 4 ? a : aaaa;
                sameFamily.putIfAbsent(instance.host(), writer.address(RecordWriter.ASKED, address));
                glue.add(writer.address(target, address));
            }
        }
        return new ServiceRecords(
                RecordSet.of(List.copyOf(a.values())),
                RecordSet.of(List.copyOf(aaaa.values())),
                RecordSet.of(srv),
                RecordSet.of(glue));
    }

    /** Returns how many bytes all records take, with where each ends. */
    int bytes() {
        return Stream.of(a, aaaa, srv, glue)
                .mapToInt(set -> set.bytes() + Integer.BYTES * set.size())
                .sum();
    }

    private static byte @Nullable [] hostName(String host) {
        if (host.length() > MAX_NAME_LENGTH
                || !StandardCharsets.US_ASCII.newEncoder().canEncode(host)) {
            return null;
        }
        for (String label : host.split("\\.")) {
            if (label.isEmpty() || label.length() > MAX_LABEL_LENGTH) {
                return null;
            }
        }
        return RecordWriter.name(host);
    }
}
