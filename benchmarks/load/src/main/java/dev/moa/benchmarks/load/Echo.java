package dev.moa.benchmarks.load;

/** What every contender serves: each method gives back what it is given. */
public interface Echo {

    String text(String value);

    Order order(Order value);

    /** Gives back what it is given. */
    final class Service implements Echo {
        @Override
        public String text(String value) {
            return value;
        }

        @Override
        public Order order(Order value) {
            return value;
        }
    }
}
