package io.paritree.lookup;

import io.paritree.Closer;
import io.paritree.Sha256;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.output.DamagedFileException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The open index of a partition: its stored scores by key.
 *
 * <p>Opening reads the manifest and one header per shard, whatever the number of rows; nothing else
 * is on the heap. Thread-safe. After {@link #close}, look-ups fail.
 */
public final class LookupIndex implements AutoCloseable {
  private final IndexManifest manifest;
  private final List<Shard> shards;
  private final Closer closer;

  private LookupIndex(IndexManifest manifest, List<Shard> shards, Closer closer) {
    this.manifest = manifest;
    this.shards = shards;
    this.closer = closer;
  }

  /**
   * Opens an index.
   *
   * @param directory a local directory
   * @throws DamagedFileException if its manifest, or the header or length of a shard, is not what
   *     was written
   */
  public static LookupIndex open(Path directory) throws IOException {
    IndexManifest manifest = manifest(directory);
    List<Shard> shards = new ArrayList<>();
    try (Closer opened = new Closer()) {
      for (ShardFile shard : manifest.shards()) {
        long seal = IndexManifest.seal(manifest.directory(), manifest.partition(), shards.size());
        Shard open =
            new Shard(
                directory.resolve(shard.name()), shard.bytes(), seal, manifest.scores().size());
        opened.register(open::close);
        shards.add(open);
      }

      return new LookupIndex(manifest, List.copyOf(shards), opened.release());
    }
  }

  /**
   * Reads what a directory has the index of.
   *
   * @param directory a local directory
   * @throws DamagedFileException if the manifest is not what was written
   */
  public static IndexManifest manifest(Path directory) throws IOException {
    Path file = directory.resolve(IndexManifest.FILE);
    return IndexManifest.fromJson(
        read(file), read(directory.resolve(IndexManifest.DIGESTS)), file.toString());
  }

  private static byte[] read(Path file) throws IOException {
    Location location = Location.of(file);
    try {
      return FileStore.of(location).readAtMost(location, IndexManifest.MAX_BYTES);
    } catch (UnfitFileException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }
  }

  /**
   * Reads all files of an index, and compares their digests.
   *
   * @throws DamagedFileException naming the first file that is not what was written
   */
  public static void verify(Path directory) throws IOException {
    try (LookupIndex index = open(directory)) {
      for (ShardFile shard : index.manifest.shards()) {
        MessageDigest digest = Sha256.digest();
        try (InputStream in = Files.newInputStream(directory.resolve(shard.name()))) {
          byte[] chunk = new byte[1 << 16];
          for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            digest.update(chunk, 0, read);
          }
        }

        if (!Sha256.hex(digest).equals(shard.sha256())) {
          throw new DamagedFileException(
              "Cannot use %s: its digest differs from the one in %s"
                  .formatted(directory.resolve(shard.name()), IndexManifest.FILE));
        }
      }
    }
  }

  /** Returns what this is the index of. */
  public IndexManifest manifest() {
    return manifest;
  }

  /**
   * Looks a key up.
   *
   * @return empty if the partition has no row with this key
   * @throws DamagedFileException if the part of the index that would answer is not what was written
   */
  public Optional<StoredEntry> find(KeyBytes key) throws IOException {
    long hash = key.hash();
    Shard shard = shards.get(ShardLayout.shard(hash, shards.size()));
    return shard.find(key.array(), key.length(), hash);
  }

  @Override
  public void close() throws IOException {
    closer.close();
  }
}
