package io.paritree.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.model.StoredAlias;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of several processes that move an alias, one does, on disks and on object stores. */
class AliasJournalTest {
  private static final String NAME = "credit";
  private static final String ALIAS = "champion";
  private static final String DISK = "";
  private static final String BUCKET = "gs://bucket";
  private static final int VERSIONS = 9;

  /** Moves of each of several movers. */
  private static final int MOVES = 3;

  private static final Map<String, String> CLIENT =
      Map.of("fs.gs.impl", "io.paritree.store.BucketStoreTest$Bucket");

  @TempDir Path directory;

  private Location root;
  private FileStore files;
  private ModelStore store;

  private void open(String scheme) throws IOException {
    root = Location.of(scheme + directory);
    files = FileStore.of(root, CLIENT);
    store = new ModelStore(root, CLIENT);
    for (long version = 1; version <= VERSIONS; version++) {
      files.create(store.version(NAME, version).resolve("paritree.sha256"), new byte[1]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {DISK, BUCKET})
  void whoHasSeenTheAliasBeforeAnotherMovedItDoesNotMoveIt(String scheme) throws Exception {
    open(scheme);
    store.setAlias(NAME, ALIAS, 1);
    AliasHistory seen = seen();
    store.setAlias(NAME, ALIAS, 2);
    store.setAlias(NAME, ALIAS, 1);

    assertThatThrownBy(() -> store.move(seen, Optional.of(3L), AliasMove.SET))
        .isInstanceOf(AliasMovedException.class)
        .hasMessageContaining("another process");
    assertThat(seen().version()).contains(1L);
    assertThat(seen().lastNumber()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {DISK, BUCKET})
  void ofManyMoversEachMovesFromWhereTheOneBeforeHasMoved(String scheme) throws Exception {
    open(scheme);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Integer>> movers = new ArrayList<>();
    for (int mover = 0; mover < 4; mover++) {
      Random random = new Random(mover);
      movers.add(threads.submit((Callable<Integer>) () -> move(random)));
    }

    int moved = 0;
    for (Future<Integer> mover : movers) {
      moved += mover.get();
    }

    threads.shutdown();
    AliasHistory history = store.history(NAME, ALIAS, Integer.MAX_VALUE);
    assertThat(history.moves()).hasSize(moved).hasSizeGreaterThanOrEqualTo(4 * MOVES);
    Optional<Long> before = Optional.empty();
    for (AliasMove move : history.moves()) {
      assertThat(move.from()).as("%s", move).isEqualTo(before);
      assertThat(move.confirmed()).as("%s", move).isPresent();
      before = move.to();
    }

    assertThat(history.version()).isEqualTo(before);
  }

  private int move(Random random) throws Exception {
    int moved = 0;
    while (moved < MOVES) { // of those who try at once, one moves it
      AliasHistory seen = seen();
      long to = 1 + random.nextInt(VERSIONS);
      try {
        store.move(seen, Optional.of(to), AliasMove.SET);
        moved += seen.version().equals(Optional.of(to)) ? 0 : 1;
      } catch (AliasMovedException e) {
        continue;
      }
    }

    return moved;
  }

  @ParameterizedTest
  @ValueSource(strings = {DISK, BUCKET})
  void aMoveThatIsUnderWayIsAwaitedUntilItsProcessMustHaveEnded(String scheme) throws Exception {
    open(scheme);
    store.setAlias(NAME, ALIAS, 1);
    begun(2, Instant.now());

    assertThatThrownBy(() -> store.setAlias(NAME, ALIAS, 3))
        .isInstanceOf(AliasMovedException.class)
        .hasMessageContaining("somebody has begun to move it to version 2 at ")
        .hasMessageContaining("try again after ");
    assertThat(seen().version()).contains(1L);

    begun(2, Instant.now().minus(Duration.ofMinutes(2)));
    store.setAlias(NAME, ALIAS, 3);
    assertThat(seen().version()).contains(3L);
    AliasHistory history = store.history(NAME, ALIAS, 10);
    assertThat(history.happened(1)).isFalse();
    assertThat(history.last().orElseThrow().from()).contains(1L);
  }

  @Test
  void theLastMoveIsFoundAlsoIfManyTriesWereRefusedSince() throws Exception {
    open(DISK);
    store.setAlias(NAME, ALIAS, 1);
    store.setAlias(NAME, ALIAS, 2);
    for (int night = 0; night < 60; night++) {
      assertThat(store.promote(seen(), 3, promotion(false))).isFalse();
    }

    assertThat(store.history(NAME, ALIAS, 50).last()).isEmpty();
    AliasHistory history = store.historyToLastMove(NAME, ALIAS, 50);
    assertThat(history.last().orElseThrow().from()).contains(1L);
    assertThat(history.moves()).hasSize(61);
    assertThat(history.lastNumber()).isEqualTo(62);
    AliasHistory newest = history.newest(20);
    assertThat(newest.moves()).hasSize(21);
    assertThat(newest.moves().get(0).number()).isEqualTo(2);
    assertThat(newest.happened(0)).isTrue();
    String version = store.version(NAME, 3).toString();
    assertThat(StoredAlias.around(version, ALIAS, Optional.empty()).history().moves())
        .isEqualTo(newest.moves());
  }

  @ParameterizedTest
  @ValueSource(strings = {DISK, BUCKET})
  void triesThatAreRefusedAtOnceAreAllEnteredAndDelayNoMove(String scheme) throws Exception {
    open(scheme);
    store.setAlias(NAME, ALIAS, 1);
    AliasHistory seen = seen();

    assertThat(store.promote(seen, 2, promotion(false))).isFalse();
    assertThat(store.promote(seen, 3, promotion(false))).isFalse();
    assertThat(store.promote(seen, 4, promotion(true))).isTrue();
    assertThat(store.promote(seen, 5, promotion(false))).isFalse();

    AliasHistory history = store.history(NAME, ALIAS, 10);
    assertThat(history.moves())
        .extracting(AliasMove::to)
        .containsExactly(
            Optional.of(1L), Optional.of(2L), Optional.of(3L), Optional.of(4L), Optional.of(5L));
    assertThat(history.happened(3)).isTrue();
    assertThat(history.last().orElseThrow().from()).contains(1L);
    assertThat(history.fitsLastMove()).isTrue();
    assertThatThrownBy(() -> store.promote(seen, 5, promotion(true)))
        .isInstanceOf(AliasMovedException.class);
    begun(6, 4, 5, Instant.now());
    assertThat(store.promote(seen(), 6, promotion(false))).isFalse(); // a move is under way
    assertThatThrownBy(() -> store.setAlias(NAME, ALIAS, 3))
        .as("the refused try came after a move that has not ended")
        .isInstanceOf(AliasMovedException.class)
        .hasMessageContaining("somebody has begun to move it to version 5 at ");
    assertThat(store.history(NAME, ALIAS, 10).happened(5)).isFalse();
  }

  @Test
  void aMoveThatIsEnteredBeforeOneThatItHasNotSeenIsWithdrawn() throws Exception {
    open(DISK);
    store.setAlias(NAME, ALIAS, 1);
    AliasHistory seen = seen();
    begun(4, 1, 2, Instant.now().minus(Duration.ofMinutes(2))); // 2 and 3 were withdrawn

    assertThatThrownBy(() -> store.move(seen, Optional.of(3L), AliasMove.SET))
        .isInstanceOf(AliasMovedException.class)
        .hasMessageContaining("4.json");
    assertThat(store.history(NAME, ALIAS, 10).moves())
        .extracting(AliasMove::number)
        .containsExactly(1L, 4L);
    assertThat(seen().version()).contains(1L);
  }

  private static Promotion promotion(boolean isMet) {
    return new Promotion(
        List.of(Promotion.Evidence.unread("e")),
        List.of(new Promotion.Required("rows > 0", isMet, "1")),
        Optional.empty());
  }

  @Test
  void aPromotionToWhatTheAliasNamesIsEnteredAndNoMove() throws Exception {
    open(DISK);
    store.setAlias(NAME, ALIAS, 1);
    store.setAlias(NAME, ALIAS, 2);
    assertThat(store.promote(seen(), 2, promotion(true))).isTrue();

    AliasHistory history = store.historyToLastMove(NAME, ALIAS, 1);
    assertThat(history.moves()).hasSize(2);
    assertThat(history.moves().get(1).promotion()).contains(promotion(true));
    assertThat(history.moves().get(1).confirmed()).isPresent();
    assertThat(history.last().orElseThrow().from()).contains(1L);
    assertThat(history.fitsLastMove()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {DISK, BUCKET})
  void anAliasThatIsChangedOtherwiseMeanwhileStaysAndTheMoveIsWithdrawn(String scheme)
      throws Exception {
    open(scheme);
    store.setAlias(NAME, ALIAS, 1);
    AliasHistory seen = seen();
    Location alias = root.resolve(NAME).resolve("aliases").resolve(ALIAS);
    files.replace(alias, "5\n".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> store.move(seen, Optional.of(3L), AliasMove.SET))
        .isInstanceOf(AliasMovedException.class)
        .hasMessageContaining("something else than this command");
    assertThat(seen().version()).contains(5L);
    assertThat(seen().lastNumber()).isEqualTo(1);
    store.setAlias(NAME, ALIAS, 3);
    assertThat(seen().fitsLastMove()).isTrue();
  }

  /** The disk of a process that dies before or after it has changed something. */
  public static final class Dying extends RawLocalFileSystem {
    private static final String ROOT = "gs://dying";

    /** How many changes of it, each begun or ended, are left to the process. */
    private static int left = Integer.MAX_VALUE;

    private static void live() {
      if (left-- == 0) {
        throw new Death();
      }
    }

    @Override
    public URI getUri() {
      return URI.create(ROOT);
    }

    @Override
    public String getScheme() {
      return "gs";
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path file,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      live();
      FSDataOutputStream open =
          super.create(file, overwrite, bufferSize, replication, blockSize, progress);
      return new FSDataOutputStream(
          new FilterOutputStream(open) {
            private boolean isOpen = true;

            @Override
            public void close() throws IOException {
              super.close();
              if (isOpen) {
                isOpen = false;
                live();
              }
            }
          },
          null);
    }
  }

  /** Not an exception: nothing of a process that was killed runs on. */
  private static final class Death extends Error {}

  @Test
  void aPromotionThatDiesAtAnyStepLeavesAnAliasThatAgreesWithItsJournal() throws Exception {
    open(DISK);
    ModelStore dying =
        new ModelStore(
            Location.of(Dying.ROOT + directory), Map.of("fs.gs.impl", Dying.class.getName()));
    Promotion promotion = promotion(true);
    List<Long> versions = new ArrayList<>();
    boolean isAlive = false;
    for (int step = 0; !isAlive; step++) {
      String alias = "step-" + step;
      store.setAlias(NAME, alias, 1);
      AliasHistory before = dying.history(NAME, alias, 1);
      Dying.left = step;
      try {
        dying.promote(before, 2, promotion);
        isAlive = true;
      } catch (Death e) {
        Dying.left = Integer.MAX_VALUE;
      }

      AliasHistory after = store.history(NAME, alias, Integer.MAX_VALUE);
      long version = store.alias(NAME, alias);
      versions.add(version);
      boolean isInJournal = after.moves().size() == 2;
      assertThat(version == 2).isEqualTo(isInJournal && after.happened(1));
      assertThat(after.fitsLastMove()).as("%s", after).isTrue();
      if (isInJournal) {
        assertThat(after.moves().get(1).promotion()).contains(promotion);
      }
    }

    assertThat(versions).containsExactly(1L, 1L, 1L, 2L, 2L, 2L, 2L);
  }

  private AliasHistory seen() throws IOException {
    return store.history(NAME, ALIAS, 1);
  }

  /** Leaves what a process that has begun a second move, from version 1, has written. */
  private void begun(long to, Instant time) throws IOException {
    begun(2, 1, to, time);
  }

  private void begun(long number, long from, long to, Instant time) throws IOException {
    String move =
        "{\"time\":\"%s\",\"user\":\"somebody\",\"action\":\"alias\",\"from\":%s,\"to\":%s}"
            .formatted(time, from, to);
    files.replace(
        root.resolve(NAME).resolve("moves").resolve(ALIAS).resolve(number + ".json"),
        move.getBytes(StandardCharsets.UTF_8));
  }
}
