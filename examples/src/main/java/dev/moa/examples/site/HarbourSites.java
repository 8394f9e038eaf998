package dev.moa.examples.site;

import dev.moa.spring.MoaService;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;

/** Two hundred made-up places around a harbour. */
@MoaService("/service/site")
class HarbourSites implements Sites {

    private static final double METRES_PER_DEGREE = 111_320;
    private static final List<String> KINDS = List.of("Cafe", "Pier", "Park", "Market", "Cinema");

    private record Place(long id, String name, double latitude, double longitude) {}

    private final List<Place> places = LongStream.rangeClosed(1, 200)
            .mapToObj(id -> new Place(
                    id,
                    KINDS.get((int) (id % KINDS.size())) + " " + id,
                    31.2 + id * 7 % 43 * 0.001,
                    121.5 + id * 11 % 47 * 0.001))
            .toList();

    @Override
    public List<Site> near(double latitude, double longitude, int limit) {
        if (limit < 1 || limit > 50) {
            throw new IllegalArgumentException("limit: %d (expected: 1 to 50)".formatted(limit));
        }
        return places.stream()
                .map(place -> new Site(place.id(), place.name(), metres(place, latitude, longitude)))
                .sorted(Comparator.comparingDouble(Site::metres))
                .limit(limit)
                .toList();
    }

    @Override
    public List<Site> search(String word) throws InterruptedException {
        Thread.sleep(ThreadLocalRandom.current().nextInt(80, 240));
        String wanted = word.toLowerCase(Locale.ROOT);
        return places.stream()
                .filter(place -> place.name().toLowerCase(Locale.ROOT).contains(wanted))
                .limit(10)
                .map(place -> new Site(place.id(), place.name(), 0))
                .toList();
    }

    private static double metres(Place place, double latitude, double longitude) {
        double north = (place.latitude() - latitude) * METRES_PER_DEGREE;
        double east = (place.longitude() - longitude) * METRES_PER_DEGREE * Math.cos(Math.toRadians(latitude));
        return Math.round(Math.hypot(north, east));
    }
}
