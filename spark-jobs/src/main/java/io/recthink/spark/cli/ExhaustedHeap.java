package io.recthink.spark.cli;

/**
 * Ends the driver when a thread fails because the heap is full. Otherwise Spark's threads that receive results die one
 * by one, and the job waits forever for the missing results.
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
