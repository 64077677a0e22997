package io.recthink.plan;

import io.recthink.learn.AdamW;
import io.recthink.model.AttentionCall;
import io.recthink.model.ComputeType;
import io.recthink.plan.Cluster.Layout;
import io.recthink.plan.ProcessMemory.Place;
import java.util.List;

/**
 * The memory of all processes of a training. Weights are {@code e} bytes a parameter, sums of gradients 4 for each that
 * is learnt, the optimizer 12. A number of a process is the largest resident memory: what it has touched of the Java heap
 * and what native libraries hold.
 */
public final class MemoryPlan {
    private static final int FLOAT = Float.BYTES;
    /** Java without its heap, the code of libtorch, and the tokenizer. */
    static final long ENGINE = 300_000_000;
    /** What Spark's classes, threads and block manager take besides. */
    static final long SPARK = 250_000_000;
    /** A CUDA context with its libraries. */
    static final long CUDA = 800_000_000;
    /** What is touched of the heap of a process that keeps little there: garbage fills it before it is collected. */
    static final long SMALLEST_HEAP = 330_000_000;
    /** The same of a driver, which sees many steps. */
    static final long SMALLEST_HEAP_OF_A_DRIVER = 420_000_000;
    /** The same where tasks read and write tables. */
    static final long SMALLEST_HEAP_OF_TASKS = 800_000_000;
    /** What is touched for a byte that stays: the G1 collector starts its work late. */
    static final double TOUCHED_OF_KEPT = 1.1;
    /** What is touched for a byte of a gradient on its way: the pieces of it that have been used lie about for a while. */
    static final double TOUCHED_OF_PASSING = 2.6;
    /**
     * What Spark and the collector need of a heap beside live objects: a model of 135 million parameters was trained with
     * 3,500 MiB in the driver, with 3,300 there was none left for a large object.
     */
    static final long HEAP_OF_SPARK = 640L << 20;

    private static final long HEAP_STEP = 256L << 20;

    /** Spark receives four results at a time, each some chunks of the gradient: as they came, as bytes, as numbers. */
    static final long ARRIVING_PIECES = 400_000_000;

    private final Workload work;
    private final Cluster cluster;
    private final ModelSize size;
    private final Activations activations;

    private MemoryPlan(Workload work, Cluster cluster) {
        this.work = work;
        this.cluster = cluster;
        this.size = ModelSize.of(work.model(), work.lora());
        this.activations = new Activations(work, queriesInACall());
    }

    /** The processes that a training has. */
    public static List<ProcessMemory> of(Workload work, Cluster cluster) {
        MemoryPlan plan = new MemoryPlan(work, cluster);
        return switch (cluster.layout()) {
            case BENCHMARK -> List.of(plan.benchmark());
            case LOCAL -> List.of(plan.local());
            case EXECUTORS -> List.of(plan.learner(), plan.executor());
            case GPUS -> List.of(plan.learner(), plan.gpu(), plan.host());
        };
    }

    /** Bytes of a full state of training: 16 a learnt parameter, with its gradient, and the frozen weights. */
    public static long state(Workload work) {
        ModelSize size = ModelSize.of(work.model(), work.lora());
        long frozen = work.lora().isPresent() ? size.decoderBytes(work.type()) : 0;
        return (AdamW.BYTES_KEPT + FLOAT) * size.learned() + frozen;
    }

    /**
     * The live objects in the Java heap of a learner, in bytes: master values, both moments, the gradient of a step, and the
     * pieces of it that are arriving.
     *
     * @param learned parameters
     */
    public static long learnerHeap(long learned) {
        return (AdamW.BYTES_KEPT + FLOAT) * learned + pieces(learned);
    }

    private static long pieces(long learned) {
        return Math.min(2 * FLOAT * learned, ARRIVING_PIECES);
    }

    /** The least Java heap with which a process of Spark can hold so many bytes of live objects. */
    public static long leastHeap(long live) {
        return live + HEAP_OF_SPARK;
    }

    /** The Java heap to give to a process, in bytes: the least, a sixth of live objects for the collector, rounded up to 256 MiB. */
    public static long heapSetting(long live) {
        long needed = leastHeap(live) + live / 6;
        return (needed + HEAP_STEP - 1) / HEAP_STEP * HEAP_STEP;
    }

    private ProcessMemory benchmark() {
        Heap heap = new Heap(optimizer() + heapGradient(), 0, SMALLEST_HEAP);
        return process("one process, without Spark", Place.DRIVER, heap, optimizer(), ENGINE);
    }

    private ProcessMemory local() {
        long passing = Math.max(sent(), pieces(size.learned()));
        Heap heap = new Heap(optimizer() + heapGradient(), passing, SMALLEST_HEAP_OF_TASKS);
        return process("learner and executor", Place.DRIVER, heap, optimizer(), ENGINE + SPARK);
    }

    private ProcessMemory executor() {
        Heap heap = new Heap(0, sent(), SMALLEST_HEAP_OF_TASKS);
        return process("executor", Place.EXECUTOR, heap, 0, ENGINE + SPARK);
    }

    private ProcessMemory process(String name, Place place, Heap heap, long optimizer, long runtime) {
        long gradients = heap.live() - optimizer;
        long other = runtime + heap.untidy() + cluster.tasks() * activations.held();
        return new ProcessMemory(
                name,
                place,
                cluster.executors(),
                heap.live(),
                heap.touched(),
                List.of(
                        rollout(gradients, optimizer, other),
                        gradient(gradients, optimizer, other + activations.heldOfPackedWeights())));
    }

    private ProcessMemory learner() {
        Heap heap = new Heap(optimizer() + heapGradient(), pieces(size.learned()), SMALLEST_HEAP_OF_A_DRIVER);
        Stage update =
                new Stage("update", 0, heap.live() - optimizer(), optimizer(), 0, 0, ENGINE + SPARK + heap.untidy());
        return new ProcessMemory("learner (driver)", Place.DRIVER, 1, heap.live(), heap.touched(), List.of(update));
    }

    private ProcessMemory gpu() {
        return new ProcessMemory(
                "GPU of an executor",
                Place.GPU,
                cluster.executors(),
                0,
                0,
                List.of(rollout(0, 0, CUDA), gradient(0, 0, CUDA)));
    }

    private ProcessMemory host() {
        Heap heap = new Heap(0, sent(), SMALLEST_HEAP_OF_TASKS);
        Stage stage = new Stage("gradient", 0, heap.live(), 0, 0, 0, ENGINE + SPARK + heap.untidy());
        return new ProcessMemory(
                "host of a GPU", Place.EXECUTOR, cluster.executors(), heap.live(), heap.touched(), List.of(stage));
    }

    /**
     * The Java heap of a process that has been given {@link #heapSetting}, in bytes.
     *
     * @param kept what stays from step to step
     * @param passing what comes and goes in a step, as much as there is at a time
     * @param smallest what is touched of it in any case
     */
    private record Heap(long kept, long passing, long smallest) {
        long live() {
            return kept + passing;
        }

        long touched() {
            double some = TOUCHED_OF_KEPT * kept + TOUCHED_OF_PASSING * passing;
            return Math.min(heapSetting(live()), Math.max(smallest, (long) some));
        }

        /** What it takes beside live objects. */
        long untidy() {
            return touched() - live();
        }
    }

    private Stage rollout(long heapGradients, long optimizer, long runtime) {
        long tasks = cluster.tasks();
        return new Stage(
                "rollout",
                weights() + packedWeights(),
                heapGradients,
                optimizer,
                tasks * activations.keysAndValues(onGpu() ? FLOAT : ModelSize.bytes(work.type())),
                tasks * activations.rollout(),
                runtime);
    }

    private Stage gradient(long heapGradients, long optimizer, long runtime) {
        long tasks = cluster.tasks();
        return new Stage(
                "gradient",
                weights(),
                heapGradients + tasks * tensorGradients(),
                optimizer,
                0,
                tasks * activations.gradient(),
                runtime);
    }

    /** The policy; the reference of a KL term is the same with the adapter off, or a second model. */
    private long weights() {
        boolean second = work.reference() && work.lora().isEmpty();
        return size.decoderBytes(work.type()) * (second ? 2 : 1);
    }

    /** See PackedWeights: those of matrix products in BF16 once more, shared by all tasks. */
    private long packedWeights() {
        if (onGpu() || work.type() == ComputeType.FLOAT32) {
            return 0;
        }
        return ModelSize.bytes(work.type()) * (work.model().layers() * size.layer() + size.embedding());
    }

    /** Sums of gradients in tensors: of adapters, on GPUs of everything, else of embedding and head. */
    private long tensorGradients() {
        if (onGpu() || work.lora().isPresent()) {
            return size.tensorGradientBytes();
        }
        return FLOAT * size.embedding() * (work.model().tiedHead() ? 1 : 2);
    }

    /**
     * The queries that a call of the attention may have. It depends on the processor: one process is planned for this
     * machine's, executors for any.
     */
    private int[] queriesInACall() {
        return switch (cluster.layout()) {
            case BENCHMARK, LOCAL -> new int[] {AttentionCall.queries(work.type(), true)};
            case EXECUTORS -> AttentionCall.queriesOnProcessors(work.type());
            case GPUS -> new int[] {AttentionCall.queries(work.type(), false)};
        };
    }

    private boolean onGpu() {
        return cluster.layout() == Layout.GPUS;
    }

    private long optimizer() {
        return AdamW.BYTES_KEPT * size.learned();
    }

    /** The gradient of a task as it leaves native memory. */
    private long heapGradient() {
        return FLOAT * size.learned();
    }

    /** The gradient of each task, and its bytes that are sorted by where they go. */
    private long sent() {
        return 2L * cluster.tasks() * heapGradient();
    }
}
