package io.paritree.spark.report;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a dataset, as OpenLineage's conventions have it, so that it is the same in the events
 * of other programs.
 *
 * @param namespace where it is
 * @param name its name there
 */
public record DatasetName(String namespace, String name) {
  private static final Pattern REMOTE = Pattern.compile("([^:/]+)://([^/]*)(/.*)?", Pattern.DOTALL);

  /** The schemes of object stores, and the one that OpenLineage uses for each store. */
  private static final Map<String, String> OBJECT_STORES =
      Map.of(
          "s3", "s3", "s3a", "s3", "s3n", "s3", "gs", "gs", "abfs", "abfss", "abfss", "abfss",
          "wasb", "wasbs", "wasbs", "wasbs");

  /**
   * Returns the name of the dataset at a location.
   *
   * @param location an absolute path, or a URI with scheme and authority
   */
  public static DatasetName at(String location) {
    Matcher remote = REMOTE.matcher(location);
    if (!remote.matches()) {
      return new DatasetName("file", location);
    }

    String scheme = remote.group(1).toLowerCase(Locale.ROOT);
    String path = remote.group(3) == null ? "/" : remote.group(3);
    String store = OBJECT_STORES.get(scheme);
    return store == null
        ? new DatasetName(scheme + "://" + remote.group(2), path)
        : new DatasetName(
            store + "://" + remote.group(2), path.equals("/") ? path : path.substring(1));
  }

  /** Returns the name of a table that is known by its name in Spark's catalogs only. */
  public static DatasetName inCatalog(String table) {
    return new DatasetName("spark", table);
  }
}
