package dev.moa.router.nameserver;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import dev.moa.router.memo.Memo;
import io.netty.util.NetUtil;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What names under the domain mean.
 *
 * <pre>
 * nearby.feed.service.moa                the instances of /service/feed/nearby: A, AAAA, SRV, TXT
 * zone-a.lane-blue.nearby.feed.service.moa     only those of a zone, of a lane
 * lane-blue.lane-base.nearby.feed.service.moa  those of the first lane that has any
 * _resp._tcp.nearby.feed.service.moa     only those that speak RESP: SRV
 * 00001jyx.moa                           an address, as SRV targets name it
 * moa                                    SOA, NS
 * </pre>
 *
 * <p>A service whose own name begins with such a label, or is one, is meant before the filter or the address is. Safe for many threads;
 * {@link #answerNow} never waits.
 */
final class Zone {
    private static final int MAX_FILTERS = 4;
    private static final int MAX_ABSENT = 10_000;
    private static final int MEANT = 8_192;
    private static final int CLASS_IN = 1;
    private static final int CLASS_ANY = 255;
    private static final int TYPE_IXFR = 251;
    private static final int TYPE_AXFR = 252;

    private final Lookup lookup;
    private final Catalog catalog;
    private final Clock clock;
    private final List<String> domain;
    private final byte[] apex;
    private final byte @Nullable [] ownAddress;
    private final RecordWriter writer;
    private final long absentMs;
    private final Map<List<String>, Absence> absent = new ConcurrentHashMap<>();
    // by the question, as it came
    private final Memo<List<Meaning>> meant = new Memo<>(MEANT);
    private volatile @Nullable Names names;

    private record Absence(Rcode rcode, long untilMs) {}

    private record Names(NavigableSet<ServiceName> all, long untilMs) {}

    /** What a name may mean: a service and a filter. */
    private record Meaning(ServiceName service, NameFilter filter) {}

    Zone(Lookup lookup, Catalog catalog, NameServerProperties settings, Clock clock) {
        this.lookup = lookup;
        this.catalog = catalog;
        this.clock = clock;
        this.domain = labels(settings.domain());
        this.apex = RecordWriter.name(settings.domain());
        byte[] address = NetUtil.createByteArrayFromIpAddressString(settings.host());
        this.ownAddress = address == null || isAnyLocal(address) ? null : address;
        this.writer = new RecordWriter((int) settings.ttl().toSeconds());
        this.absentMs = Math.max(1_000, settings.ttl().toMillis());
    }

    /** Answers from memory; null where the chain would have to wait for Redis or another name server. */
    @Nullable
    Answer answerNow(Query query) {
        Answer other = answerWithoutLookup(query);
        if (other != null) {
            return other;
        }
        List<String> relative = relative(query);
        List<Meaning> meanings = known(query, relative);
        for (Meaning meaning : meanings) {
            LookupAnswer.Found found = lookup.findNow(meaning.service);
            if (found != null) {
                return records(query, found, meaning.filter);
            }
        }
        Answer spelt = spelt(query, relative);
        if (spelt != null) {
            return spelt;
        }
        if (meanings.isEmpty() && !isPossibleParent(relative)) {
            return nothing(Rcode.NXDOMAIN);
        }
        Absence known = absent.get(relative);
        return known != null && known.untilMs > clock.millis() ? nothing(known.rcode) : null;
    }

    /** Answers after waiting for whoever may know the service; returns by the deadline. */
    Answer answer(Query query, Deadline deadline) {
        Answer now = answerNow(query);
        if (now != null) {
            return now;
        }
        List<String> relative = relative(query);
        for (Meaning meaning : meanings(relative)) {
            LookupAnswer answer = lookup.find(meaning.service, deadline);
            if (answer instanceof LookupAnswer.Found found) {
                return records(query, found, meaning.filter);
            }
            if (answer instanceof LookupAnswer.Undecided) {
                return Answer.failure(Rcode.SERVFAIL);
            }
        }
        // "does not exist" also says that nothing stands below it, and resolvers believe that (RFC 8020)
        Rcode rcode = isParent(relative) ? Rcode.NOERROR : Rcode.NXDOMAIN;
        if (absent.size() >= MAX_ABSENT) {
            absent.clear();
        }
        absent.put(List.copyOf(relative), new Absence(rcode, clock.millis() + absentMs));
        return nothing(rcode);
    }

    private @Nullable Answer answerWithoutLookup(Query query) {
        if (query.problem() != Rcode.NOERROR) {
            return Answer.failure(query.problem());
        }
        boolean isTransfer = query.type() == TYPE_AXFR || query.type() == TYPE_IXFR;
        boolean isForeignClass = query.qclass() != CLASS_IN && query.qclass() != CLASS_ANY;
        if (!isBelowDomain(query.labels()) || isTransfer || isForeignClass) {
            return Answer.failure(Rcode.REFUSED);
        }
        if (query.type() == RecordWriter.TYPE_ANY) {
            // RFC 8482: who asks for everything is after a large answer
            return only(writer.hinfo("RFC8482"));
        }
        List<String> relative = relative(query);
        if (relative.isEmpty()) {
            return switch (query.type()) {
                case RecordWriter.TYPE_SOA -> only(soa());
                case RecordWriter.TYPE_NS ->
                    only(writer.record(RecordWriter.ASKED, RecordWriter.TYPE_NS, RecordWriter.name("ns", apex)));
                default -> nothing(Rcode.NOERROR);
            };
        }
        return null;
    }

    /** Answers for names that spell an address; null if the name does not. */
    private @Nullable Answer spelt(Query query, List<String> relative) {
        if (relative.size() != 1) {
            return null;
        }
        String label = relative.get(0);
        byte[] address = label.equals("ns") ? ownAddress : AddressName.parse(label);
        if (address == null) {
            return null;
        }
        int type = address.length == 4 ? RecordWriter.TYPE_A : RecordWriter.TYPE_AAAA;
        return query.type() == type ? only(writer.address(RecordWriter.ASKED, address)) : nothing(Rcode.NOERROR);
    }

    private Answer records(Query query, LookupAnswer.Found found, NameFilter filter) {
        boolean isServiceForm = filter.protocol() != null;
        if (query.type() == RecordWriter.TYPE_TXT && !isServiceForm) {
            return only(writer.txt(List.of(
                    "revision=" + found.stamp().revision(),
                    "epoch=" + found.stamp().epoch(),
                    "source=" + found.source(),
                    "ageMs=" + Math.max(0, found.ageMs()),
                    "instances="
                            + found.view().instances().stream()
                                    .filter(filter.chosenAmong(found.view().instances())::accepts)
                                    .count())));
        }
        boolean isAddress = query.type() == RecordWriter.TYPE_A || query.type() == RecordWriter.TYPE_AAAA;
        if (query.type() != RecordWriter.TYPE_SRV && (!isAddress || isServiceForm)) {
            return nothing(Rcode.NOERROR);
        }
        ServiceRecords encoded = found.view()
                .derived(
                        filter,
                        AgedRecords.class,
                        view -> new AgedRecords(
                                view, clock.millis(), now -> ServiceRecords.of(view, filter, writer, apex, now)),
                        AgedRecords::bytes)
                .at(clock.millis());
        RecordSet records = switch (query.type()) {
            case RecordWriter.TYPE_A -> encoded.a();
            case RecordWriter.TYPE_AAAA -> encoded.aaaa();
            default -> encoded.srv();
        };
        if (records.size() == 0) {
            return nothing(Rcode.NOERROR);
        }
        return Answer.of(records, isAddress ? RecordSet.NONE : encoded.glue());
    }

    private List<Meaning> known(Query query, List<String> relative) {
        byte[] question = query.question();
        List<Meaning> known = meant.get(question, 0, question.length);
        if (known == null) {
            known = List.copyOf(meanings(relative));
            meant.put(question, 0, question.length, known);
        }
        return known;
    }

    /** Returns what the labels may mean, the longest service name first. */
    private static List<Meaning> meanings(List<String> relative) {
        int from = 0;
        NameFilter filter = NameFilter.ANY;
        if (relative.size() > 2
                && relative.get(0).startsWith("_")
                && relative.get(1).equals("_tcp")) {
            filter = filter.withProtocol(relative.get(0).substring(1));
            from = 2;
        } else if (relative.size() > 1 && relative.get(0).equals("_tcp")) {
            // nothing itself, but names stand below it
            filter = filter.withProtocol("");
            from = 1;
        }
        List<Meaning> meanings = new ArrayList<>(2);
        for (int filters = 0; from < relative.size() && filters <= MAX_FILTERS; filters++) {
            ServiceName service = service(relative, from);
            if (service != null) {
                meanings.add(new Meaning(service, filter));
            }
            if (!NameFilter.isFilter(relative.get(from))) {
                break;
            }
            filter = filter.with(relative.get(from));
            from++;
        }
        return meanings;
    }

    private static @Nullable ServiceName service(List<String> relative, int from) {
        StringBuilder name = new StringBuilder(64);
        for (int i = relative.size() - 1; i >= from; i--) {
            name.append('/').append(relative.get(i));
        }
        try {
            return ServiceName.of(name.toString());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isPossibleParent(List<String> relative) {
        return service(relative, 0) != null;
    }

    private boolean isParent(List<String> relative) {
        ServiceName parent = service(relative, 0);
        if (parent == null) {
            return false;
        }
        Names known = names;
        long now = clock.millis();
        if (known == null || known.untilMs <= now) {
            known = new Names(new TreeSet<>(catalog.services()), now + absentMs);
            names = known;
        }
        // sisters like /service/user-a sort before what is below /service/user: '-' comes before '/'
        for (ServiceName name : known.all.tailSet(parent, false)) {
            if (name.value().startsWith(parent.value() + "/")) {
                return true;
            }
            if (!name.value().startsWith(parent.value())) {
                return false;
            }
        }
        return false;
    }

    private Answer only(byte[] record) {
        return Answer.of(RecordSet.of(List.of(record)), RecordSet.NONE);
    }

    private Answer nothing(Rcode rcode) {
        return new Answer(rcode, true, RecordSet.NONE, RecordSet.of(List.of(soa())), RecordSet.NONE);
    }

    private byte[] soa() {
        return writer.soa(apex, clock.millis() / 1_000);
    }

    private List<String> relative(Query query) {
        return query.labels().subList(0, query.labels().size() - domain.size());
    }

    private boolean isBelowDomain(List<String> labels) {
        int more = labels.size() - domain.size();
        return more >= 0 && labels.subList(more, labels.size()).equals(domain);
    }

    private static List<String> labels(String name) {
        List<String> labels = new ArrayList<>();
        for (String label : name.toLowerCase(Locale.ROOT).split("\\.")) {
            if (!label.isEmpty()) {
                labels.add(label);
            }
        }
        return List.copyOf(labels);
    }

    private static boolean isAnyLocal(byte[] address) {
        for (byte part : address) {
            if (part != 0) {
                return false;
            }
        }
        return true;
    }
}
