package dev.moa.benchmarks;

/** A benchmark: one question, several cases. */
interface Benchmark {

    /** Returns the name it is started by. */
    String name();

    /** Returns the question it answers, one line. */
    String question();

    /**
     * Measures every case, and reports each as soon as it is known.
     *
     * @throws Exception if a case cannot be measured; those reported before it stand
     */
    void run(Report report) throws Exception;
}
