package dev.moa.examples.site;

import dev.moa.sdk.annotation.Idempotent;
import java.util.List;

/** {@code /service/site}. */
public interface Sites {

    /** Returns the {@code limit} places, 1 to 50, that are nearest to the point given in degrees. */
    @Idempotent
    List<Site> near(double latitude, double longitude, int limit);

    /** The same by a scan of everything, which takes its time: the slow method of the demo. */
    @Idempotent
    List<Site> search(String word) throws InterruptedException;
}
