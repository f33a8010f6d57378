package io.paritree.lookup;

import io.paritree.Closer;
import io.paritree.Sha256;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.output.DamagedFileException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
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
    return open(directory, manifest(directory));
  }

  /**
   * Opens an index.
   *
   * @param directory a local directory
   * @param manifest as {@link #manifest(Path)} has returned it
   * @throws DamagedFileException if the header or length of a shard is not what was written
   */
  public static LookupIndex open(Path directory, IndexManifest manifest) throws IOException {
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
    Location index = Location.of(directory);
    FileStore store = FileStore.of(index);
    Location file = index.resolve(IndexManifest.FILE);
    return IndexManifest.fromJson(
        IndexManifest.content(store, file),
        IndexManifest.content(store, index.resolve(IndexManifest.DIGESTS)),
        file.toString());
  }

  /**
   * Reads all files of an index, and compares their digests.
   *
   * @throws DamagedFileException naming the first file that is not what was written
   */
  public static void verify(Path directory) throws IOException {
    try (LookupIndex index = open(directory)) {
      for (ShardFile shard : index.manifest.shards()) {
        Path file = directory.resolve(shard.name());
        try (DigestInputStream in =
            new DigestInputStream(Files.newInputStream(file), Sha256.digest())) {
          in.transferTo(OutputStream.nullOutputStream());
          if (!Sha256.hex(in.getMessageDigest()).equals(shard.sha256())) {
            throw new DamagedFileException(
                "Cannot use %s: its digest differs from the one in %s"
                    .formatted(file, IndexManifest.FILE));
          }
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

  /**
   * Returns a key of one scored row, as an example of keys; the same one until the index is written
   * anew. Empty if there is none where one would be read in a short time.
   *
   * @param maxBytes of the key
   * @throws DamagedFileException if what was read is not what was written
   */
  public Optional<byte[]> someKey(int maxBytes) throws IOException {
    for (Shard shard : shards) {
      Optional<byte[]> key = shard.someKey(maxBytes);
      if (key.isPresent()) {
        return key;
      }
    }

    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    closer.close();
  }
}
