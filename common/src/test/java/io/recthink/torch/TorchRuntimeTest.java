package io.recthink.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class TorchRuntimeTest {
    @Test
    void everyThreadKeepsItsOwnThreadCount() throws Exception {
        var bothPrepared = new CountDownLatch(2);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Future<Integer> one = pool.submit(() -> threadsAfter(1, bothPrepared));
            Future<Integer> two = pool.submit(() -> threadsAfter(2, bothPrepared));
            assertThat(one.get()).isEqualTo(1);
            assertThat(two.get()).isEqualTo(2);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void preparedThreadsRecordNoGradients() {
        TorchRuntime.prepareThread(1);
        assertThat(JniUtils.isGradMode()).isFalse();
        assertThat(Gradients.record(JniUtils::isGradMode)).isTrue();
        assertThat(JniUtils.isGradMode()).isFalse();
    }

    @Test
    void knowsThePeakOfItsMemory() {
        assertThat(TorchRuntime.peakResidentBytes()).isGreaterThanOrEqualTo(TorchRuntime.residentBytes() / 2);
        assertThat(TorchRuntime.residentBytes()).isGreaterThan(10L << 20);
    }

    @Test
    void refusesNoThreads() {
        assertThatThrownBy(() -> TorchRuntime.prepareThread(0)).hasMessage("threads must be at least 1 (was 0)");
    }

    private static int threadsAfter(int threads, CountDownLatch bothPrepared) throws InterruptedException {
        TorchRuntime.prepareThread(threads);
        bothPrepared.countDown();
        bothPrepared.await();
        return JniUtils.getNumThreads();
    }
}
