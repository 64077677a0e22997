package io.recthink.spark.cli;

/**
 * Ends the driver when a thread finds no heap. Spark's threads that receive results die of it one by one, and the job
 * would wait for ever for what they did not receive.
 */
final class ExhaustedHeap implements Thread.UncaughtExceptionHandler {
    private static final int FAILED = 1;

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        if (Interruption.happened()) {
            return;
        }
        System.err.println("Exception in thread " + thread.getName());
        failure.printStackTrace(System.err);
        if (failure instanceof OutOfMemoryError) {
            System.err.printf(
                    "The heap of the driver, %d MiB, is too small (%s). Start with a larger --driver-memory; recthink plan says how much a training needs.%n",
                    Runtime.getRuntime().maxMemory() >> 20, failure.getMessage());
            System.exit(FAILED);
        }
    }
}
