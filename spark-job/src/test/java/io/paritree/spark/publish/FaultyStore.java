package io.paritree.spark.publish;

import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A store in which a test can delay each operation, or let it fail. */
public final class FaultyStore implements FileStore {

  /** Is called before each operation. */
  @FunctionalInterface
  public interface Fault {
    /**
     * Is called before an operation; if this throws, the operation fails with the exception.
     *
     * @param change whether the operation changes anything
     */
    void before(String operation, boolean change) throws IOException;
  }

  private final FileStore store;
  private final Fault fault;
  private final boolean copiesFiles;

  public FaultyStore(FileStore store, Fault fault) {
    this(store, fault, false);
  }

  private FaultyStore(FileStore store, Fault fault, boolean copiesFiles) {
    this.store = store;
    this.fault = fault;
    this.copiesFiles = copiesFiles;
  }

  /**
   * Returns a store that renames a file as object stores do: it copies it, and then removes the
   * original. It renames no directory.
   */
  static FaultyStore ofObjects(FileStore store, Fault fault) {
    return new FaultyStore(store, fault, true);
  }

  @Override
  public Optional<FileEntry> find(Location location) throws IOException {
    fault.before("find " + location, false);
    return store.find(location);
  }

  @Override
  public List<FileEntry> list(Location directory) throws IOException {
    fault.before("list " + directory, false);
    return store.list(directory);
  }

  @Override
  public InputStream open(Location file) throws IOException {
    fault.before("open " + file, false);
    return store.open(file);
  }

  @Override
  public InputStream open(Location file, long from) throws IOException {
    fault.before("open " + file, false);
    return store.open(file, from);
  }

  @Override
  public byte[] read(Location file, int maxBytes) throws IOException {
    fault.before("read " + file, false);
    return store.read(file, maxBytes);
  }

  @Override
  public void createDirectories(Location directory) throws IOException {
    fault.before("make " + directory, true);
    store.createDirectories(directory);
  }

  @Override
  public void create(Location file, byte[] content) throws IOException {
    fault.before("create " + file, true);
    store.create(file, content);
  }

  @Override
  public void replace(Location file, byte[] content) throws IOException {
    fault.before("replace " + file, true);
    store.replace(file, content);
  }

  @Override
  public void rename(Location from, Location to) throws IOException {
    fault.before("rename " + from + " to " + to, true);
    if (!copiesFiles) {
      store.rename(from, to);
      return;
    }

    store.create(to, store.read(from));
    fault.before("remove " + from, true);
    store.delete(from);
  }

  @Override
  public boolean renamesDirectoriesWhole(Location location) throws IOException {
    return !copiesFiles && store.renamesDirectoriesWhole(location);
  }

  @Override
  public void delete(Location location) throws IOException {
    fault.before("delete " + location, true);
    store.delete(location);
  }

  @Override
  public Location real(Location location) throws IOException {
    return store.real(location);
  }
}
