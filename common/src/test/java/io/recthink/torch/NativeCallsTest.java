package io.recthink.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NativeCallsTest {
    private final NativeCalls calls = new NativeCalls();

    @Test
    void theEndWaitsForCallsThatHaveBegunAndLetsNoOtherBegin() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        start(() -> calls.call(() -> {
            begun.countDown();
            await(end);
            return done.incrementAndGet();
        }));
        begun.await();
        assertThat(calls.close(0)).isFalse();

        Thread closing = start(() -> calls.close(50));
        while (closing.getState() != Thread.State.TIMED_WAITING) {
            Thread.sleep(5);
        }
        Thread late = start(() -> calls.call(done::incrementAndGet));
        while (late.getState() != Thread.State.WAITING) {
            Thread.sleep(5);
        }
        assertThat(done).hasValue(0);
        end.countDown();
        closing.join();
        late.join(200);
        assertThat(late.isAlive()).isTrue();
        assertThat(done).hasValue(1);
    }

    @Test
    void callsRunBesideEachOtherAndGiveTheirResults() {
        assertThat(calls.call(() -> calls.call(() -> 7))).isEqualTo(7);
        CountDownLatch both = new CountDownLatch(2);
        Thread other = start(() -> calls.call(() -> meet(both)));
        assertThat(calls.call(() -> meet(both))).isTrue();
        assertThat(other).isNotNull();
    }

    private static boolean meet(CountDownLatch both) {
        both.countDown();
        await(both);
        return true;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Thread start(Runnable body) {
        Thread thread = new Thread(body);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
