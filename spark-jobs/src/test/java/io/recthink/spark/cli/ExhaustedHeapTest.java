package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExhaustedHeapTest {
    @Test
    void aThreadWithoutHeapEndsTheProcess() throws Exception {
        assertThat(run("heap")).contains("OutOfMemoryError").contains("is too small (Java heap space)");
    }

    @Test
    void aThreadThatFailsOtherwiseDoesNot() throws Exception {
        assertThat(run("other")).contains("IllegalStateException: other").contains("went on");
    }

    private static String run(String failure) throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Waiting.class.getName(),
                        failure)
                .redirectErrorStream(true)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(output).isEqualTo(failure.equals("heap") ? 1 : 0);
        return output;
    }

    /** Waits for a failing thread: forever if the heap is full, else until the thread ends. */
    static final class Waiting {
        public static void main(String[] arguments) throws InterruptedException {
            Thread.setDefaultUncaughtExceptionHandler(new ExhaustedHeap());
            boolean heap = arguments[0].equals("heap");
            Thread thread = new Thread(() -> {
                if (heap) {
                    long[][] all = new long[1000][];
                    for (int i = 0; i < all.length; i++) {
                        all[i] = new long[1 << 20];
                    }
                }
                throw new IllegalStateException("other");
            });
            thread.start();
            thread.join();
            if (heap) {
                new CountDownLatch(1).await();
            }
            System.out.println("went on");
        }
    }
}
