package io.paritree.forest;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which of some engines score as one, the first of them always, and why others score by themselves.
 *
 * <p>They join one after the other, as long as all together are less work. Before a {@link
 * JointEngine} is used, it has the bits of each of its engines for rows on and next to their
 * splits. Immutable and thread-safe.
 *
 * @param engine empty if all score by themselves
 * @param members the places of the engines that it scores for, ascending
 * @param apart why others score by themselves, by their places
 */
public record Joining(
    Optional<JointEngine> engine, List<Integer> members, SortedMap<Integer, Apart> apart) {

  /** What a {@link JointEngine} takes at most, beside its engines. */
  public static final long MOST_BYTES = 8L << 20;

  /*
   * Shared are the ranks of slots among thresholds, and the masks of tests that several forests
   * have: nearly all, if the forests were trained on the same rows, whose histograms give the
   * thresholds. At 100 trees, ranks and masks are more than half of the time of a wide block. What
   * is not shared must stay in a core's own cache from block to block, as that of one forest does;
   * otherwise the engines score one after the other.
   */
  private static final double MAX_RELATIVE_COST = 0.85;
  private static final int MAX_TESTS = 1 << 14;
  private static final long MAX_LEAVES = 1 << 16;

  /** Each category that a split lists can take 64 bytes. */
  private static final long MAX_LISTED = 1 << 16;

  /**
   * Why an engine scores by itself.
   *
   * @param isFault whether something has failed; otherwise it cannot join, or should not
   */
  public record Apart(String why, boolean isFault) {}

  public Joining {
    members = List.copyOf(members);
    apart = new TreeMap<>(apart);
  }

  /**
   * Returns which engines score as one.
   *
   * @param engines whose rows have the same slots, at least two
   */
  public static Joining of(List<Engine> engines) {
    return of(engines, JointEngine::sliced);
  }

  /** Returns that engines score by themselves, all for one reason. */
  public static Joining none(int engines, Apart why) {
    SortedMap<Integer, Apart> apart = new TreeMap<>();
    IntStream.range(0, engines).forEach(place -> apart.put(place, why));
    return new Joining(Optional.empty(), List.of(), apart);
  }

  /**
   * @param making makes the engine of a joint forest
   */
  static Joining of(List<Engine> engines, Function<SlicesBuilder, Engine> making) {
    if (!isShareable(engines.get(0))) {
      return none(
          engines.size(),
          new Apart("the first model scores blocks in a way that cannot be shared", false));
    }

    List<Forest> forests = new ArrayList<>(List.of(forest(engines.get(0))));
    List<Integer> members = new ArrayList<>(List.of(0));
    SortedMap<Integer, Apart> apart = new TreeMap<>();
    Optional<SlicesBuilder> layout = Optional.empty();
    for (int place = 1; place < engines.size(); place++) {
      Engine engine = engines.get(place);
      if (!isShareable(engine) || engine.width() != forests.get(0).width) {
        apart.put(place, new Apart("it scores blocks in a way that cannot be shared", false));
        continue;
      }

      List<Forest> more = new ArrayList<>(forests);
      more.add(forest(engine));
      Optional<SlicesBuilder> larger = layout(more);
      if (larger.isEmpty()) {
        apart.put(place, new Apart("as one with others it would be no less work", false));
        continue;
      }

      forests = more;
      members.add(place);
      layout = larger;
    }

    if (layout.isEmpty()) {
      apart.put(0, new Apart("no other model scores as one with it", false));
      return new Joining(Optional.empty(), List.of(), apart);
    }

    JointEngine joint = new JointEngine(forests, making.apply(layout.get()));
    Optional<String> difference = joint.difference(members.stream().map(engines::get).toList());
    if (difference.isPresent()) {
      String why = "as one with others it has other bits: " + difference.get();
      members.forEach(place -> apart.put(place, new Apart(why, true)));
      return new Joining(Optional.empty(), List.of(), apart);
    }

    return new Joining(Optional.of(joint), members, apart);
  }

  /** Returns whether blocks are scored by slices, and no leaf nor slot is of this engine alone. */
  private static boolean isShareable(Engine engine) {
    return engine instanceof FastForest fast
        && fast.isSliced()
        && !fast.forest().hasOffsets()
        && fast.forest().trees.stream().allMatch(tree -> tree.leafVectors == null);
  }

  /** Returns how many categories the splits of a tree list. */
  private static long listed(Tree tree) {
    return tree.categories == null
        ? 0
        : Stream.of(tree.categories).filter(Objects::nonNull).mapToLong(set -> set.length).sum();
  }

  private static Forest forest(Engine shareable) {
    return ((FastForest) shareable).forest();
  }

  /** Returns the layout of forests as one; empty if they are better off by themselves. */
  private static Optional<SlicesBuilder> layout(List<Forest> forests) {
    List<Tree> trees = forests.stream().flatMap(each -> each.trees.stream()).toList();
    if (trees.stream().mapToLong(Tree::leaves).sum() > MAX_LEAVES
        || trees.stream().mapToLong(Joining::listed).sum() > MAX_LISTED) {
      return Optional.empty();
    }

    Forest joint = JointEngine.joint(forests);
    double apart = forests.stream().mapToDouble(JointEngine::costOfSlices).sum();
    return Columns.of(joint)
        .flatMap(columns -> SplitTests.of(joint, columns))
        .filter(tests -> tests.size() <= MAX_TESTS)
        .filter(tests -> JointEngine.costOfSlices(joint) <= MAX_RELATIVE_COST * apart)
        .flatMap(tests -> SlicesBuilder.build(joint, tests));
  }
}
