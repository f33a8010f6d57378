package io.paritree.serving.stored;

import io.paritree.Sha256;
import io.paritree.lookup.DamagedIndexException;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.lookup.LookupIndex;
import io.paritree.lookup.StateDirectory;
import io.paritree.serving.stored.OutputReader.Found;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Opens the indexes of a table's partitions on a disk of this machine: where the job has built
 * them, if that is on one, and otherwise in the server's own directory, into which it fetches them.
 *
 * <p>Not thread-safe.
 */
final class IndexSource {
  private static final int MAX_MANIFEST = 64 << 20;
  private static final int CHUNK = 1 << 18;

  private final String table;
  private final FileStore store;
  private final OutputReader reader;
  private final IndexDirectory own;
  private final OpenFiles files;

  /**
   * @param store the output's
   */
  IndexSource(
      String table, FileStore store, OutputReader reader, IndexDirectory own, OpenFiles files) {
    this.table = table;
    this.store = store;
    this.reader = reader;
    this.own = own;
    this.files = files;
  }

  /**
   * Returns what answers after an index was damaged: its files, opened anew if they are whole now.
   * They are read again only once they have changed.
   */
  OpenPartition restored(Found one, OpenPartition old) throws IOException {
    Path directory = directory(one);
    List<FileEntry> now = FileStore.of(Location.of(directory)).list(Location.of(directory));
    if (old.isDamagedIn(now)) {
      return old;
    }

    try {
      LookupIndex.verify(directory);
    } catch (DamagedIndexException e) {
      old.foundDamaged(now, e.getMessage());
      if (!isFetchedAgain(directory)) {
        return old;
      }
    } catch (NoSuchFileException e) { // of a copy, something was removed
      if (!isFetchedAgain(directory)) {
        throw e;
      }
    }

    return open(one);
  }

  /**
   * Opens the index of a partition, which is fetched now if it has to be.
   *
   * @throws NoSuchFileException if the job has built none
   * @throws DamagedIndexException if what was fetched is not what was written
   * @throws IOException if there is no room for it
   */
  OpenPartition open(Found one) throws IOException {
    Path directory = directory(one);
    try {
      return open(one, directory);
    } catch (DamagedIndexException | NoSuchFileException e) {
      if (!isFetchedAgain(directory)) {
        throw e;
      }

      return open(one, directory(one));
    }
  }

  private OpenPartition open(Found one, Path directory) throws IOException {
    IndexManifest manifest = LookupIndex.manifest(directory);
    if (!manifest.directory().equals(one.published().directory())
        || !one.published().isOf(manifest.identity())
        || !manifest.partition().equals(one.path())) {
      throw new IOException(
          "Cannot use the index in %s: it is of another run or partition, %s of %s"
              .formatted(directory, manifest.partition(), manifest.directory()));
    }

    int shards = manifest.shards().size();
    files.take(shards);
    try {
      return new OpenPartition(LookupIndex.open(directory));
    } catch (IOException | RuntimeException e) {
      files.giveBack(shards);
      throw e;
    }
  }

  private Path directory(Found one) throws IOException {
    Location built = reader.index(one);
    if (built.isLocal()) {
      return built.toPath();
    }

    Location kept = kept(one.published().directory(), one.path());
    if (!Files.exists(kept.toPath().resolve(IndexManifest.FILE))) {
      fetch(built, kept);
    }

    return kept.toPath();
  }

  private Location kept(String run, String partition) {
    return StateDirectory.index(own.of(table), run, partition);
  }

  /** Returns whether a damaged index was a copy: it is removed, and will be fetched again. */
  private boolean isFetchedAgain(Path directory) throws IOException {
    Location place = Location.of(directory);
    return own.of(table).holds(place) && own.discard(place);
  }

  /**
   * Removes what was fetched for other partitions.
   *
   * @param open those in service
   * @param published those that are to be
   */
  void keepOnly(List<OpenPartition> open, List<Found> published) throws IOException {
    Set<Location> places = new HashSet<>();
    for (Found one : published) {
      places.add(kept(one.published().directory(), one.path()));
    }

    for (OpenPartition partition : open) {
      IndexManifest manifest = partition.manifest();
      places.add(kept(manifest.directory(), manifest.partition()));
    }

    own.keepOnly(table, places);
  }

  private void fetch(Location from, Location to) throws IOException {
    Location file = from.resolve(IndexManifest.FILE);
    byte[] json = store.read(file, MAX_MANIFEST);
    byte[] digests = store.read(from.resolve(IndexManifest.DIGESTS), MAX_MANIFEST);
    IndexManifest manifest = IndexManifest.fromJson(json, digests, file.toString());
    long bytes = json.length + digests.length;
    for (ShardFile shard : manifest.shards()) {
      bytes += shard.bytes();
    }

    Path made = own.begin(bytes);
    boolean isWhole = false;
    try {
      for (ShardFile shard : manifest.shards()) {
        copy(from.resolve(shard.name()), made.resolve(shard.name()), shard);
      }

      FileStore local = FileStore.of(to);
      local.create(Location.of(made.resolve(IndexManifest.DIGESTS)), digests);
      local.create(Location.of(made.resolve(IndexManifest.FILE)), json);
      own.finish(made, to);
      isWhole = true;
    } finally {
      if (!isWhole) {
        own.abandon(made);
      }
    }
  }

  /** Copies a file, and compares its digest; never more bytes than it was written with. */
  private void copy(Location from, Path to, ShardFile shard) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] chunk = new byte[CHUNK];
    long left = shard.bytes();
    try (InputStream in = store.open(from);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int read = in.read(chunk); read >= 0 && left >= 0; read = in.read(chunk)) {
        left -= read;
        digest.update(chunk, 0, read);
        for (ByteBuffer rest = ByteBuffer.wrap(chunk, 0, read); rest.hasRemaining(); ) {
          out.write(rest);
        }
      }

      out.force(true);
    }

    if (left != 0 || !Sha256.hex(digest).equals(shard.sha256())) {
      throw new DamagedIndexException(
          "Cannot use %s: its length or digest differs from the one in %s"
              .formatted(from, IndexManifest.FILE));
    }
  }
}
