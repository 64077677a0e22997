package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.torch.TorchRuntime;

/** The option {@code --threads}. */
final class TorchThreads {
    private TorchThreads() {}

    static void prepare(int threads) {
        if (threads < 1) {
            throw new InvalidInputException("--threads must be at least 1 (was " + threads + ")");
        }
        TorchRuntime.prepareThread(threads);
    }
}
