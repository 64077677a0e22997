package io.recthink.spark.run;

import ai.djl.Device;
import io.recthink.config.Configuration;
import io.recthink.model.Decoder;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import io.recthink.torch.TorchRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The one policy that a JVM holds, shared by all its tasks. A task leases the version that it was sent for; another version
 * is set into the same memory as soon as no task uses the one before. A second holder keeps the reference of the KL term.
 */
public final class PolicyHolder {
    private static final PolicyHolder POLICY = new PolicyHolder();
    private static final PolicyHolder REFERENCE = new PolicyHolder();

    private String sha256 = "";
    private Decoder decoder;
    private ModelTokenizer tokenizer;
    private ByteBuffer tokenizerFile;
    private int leases;

    private PolicyHolder() {}

    /** Leases the policy; waits while tasks use another version of it. Prepares the calling thread for computing. */
    public static Lease policy(PolicyReference policy, Configuration.Model model) {
        return POLICY.lease(policy, model);
    }

    /** Leases the fixed reference that the policy is held near to. */
    public static Lease reference(PolicyReference reference, Configuration.Model model) {
        return REFERENCE.lease(reference, model);
    }

    /** A policy in use. Close it as soon as possible; what came from it must not be used afterwards. */
    public static final class Lease implements AutoCloseable {
        private final PolicyHolder holder;
        private boolean closed;

        private Lease(PolicyHolder holder) {
            this.holder = holder;
        }

        public Decoder decoder() {
            return holder.decoder;
        }

        public ModelTokenizer tokenizer() {
            return holder.tokenizer;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                holder.release();
            }
        }
    }

    private synchronized Lease lease(PolicyReference policy, Configuration.Model model) {
        TorchRuntime.prepareThread(model.threads());
        try {
            while (leases > 0 && !sha256.equals(policy.sha256())) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another policy version was in use", e);
        }
        if (!sha256.equals(policy.sha256())) {
            load(policy, model);
        }
        leases++;
        return new Lease(this);
    }

    private synchronized void release() {
        leases--;
        notifyAll();
    }

    private void load(PolicyReference policy, Configuration.Model model) {
        Path local = PolicyStore.localize(policy.path(), policy.sha256());
        sha256 = ""; // a load that fails half-way leaves nothing that could be leased
        try (ModelFolder folder = ModelFolder.open(local)) {
            if (decoder != null && decoder.config().equals(folder.config())) {
                decoder.set(folder);
            } else {
                closeDecoder();
                decoder = Decoder.load(folder, model.dtype(), Device.cpu());
            }
        }
        loadTokenizer(local);
        sha256 = policy.sha256();
    }

    private void closeDecoder() {
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
    }

    // The versions of a run share their tokenizer: reading a large one at each step would cost half a second.
    private void loadTokenizer(Path folder) {
        ByteBuffer file = read(folder.resolve("tokenizer.json"));
        if (!file.equals(tokenizerFile)) {
            if (tokenizer != null) {
                tokenizer.close();
            }
            tokenizerFile = null;
            tokenizer = ModelTokenizer.open(folder);
            tokenizerFile = file;
        }
    }

    private static ByteBuffer read(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
