package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The format of a model file, recognised by its first bytes; its name is ignored. */
enum ModelFormat {
  JSON,
  UBJSON;

  private static final String RESAVE =
      "; load it with the XGBoost that wrote it, or any up to 3.0, and save it again as JSON or"
          + " UBJSON (Booster.save_model(\"model.ubj\"))";

  /**
   * Returns the format of a file.
   *
   * @throws UnsupportedModelException if it is a form of model that is not read; the message says
   *     what to do
   * @throws CorruptModelException if it is not a model at all
   */
  static ModelFormat of(byte[] file) throws ModelException {
    if (file.length == 0) {
      throw new CorruptModelException("Cannot read the model: the file is empty");
    }

    if (startsWith(file, "binf")) {
      throw new UnsupportedModelException(
          "Cannot read the model: it is in XGBoost's old binary format" + RESAVE);
    }

    if (startsWith(file, "CONFIG-offset:")) {
      throw new UnsupportedModelException(
          "Cannot read the model: it is a memory snapshot of a booster, as pickle writes it; load"
              + " the pickle and call Booster.save_model(\"model.ubj\")");
    }

    Optional<Foreign> foreign = Foreign.of(file);
    if (foreign.isPresent()) {
      throw new UnsupportedModelException(
          "Cannot read the model: it looks like " + foreign.get().text);
    }

    int first = afterWhiteSpace(file, 0);
    if (first < file.length && file[first] == '[') {
      throw new UnsupportedModelException(
          "Cannot read the model: it is a JSON array, as Booster.dump_model writes it, which lacks"
              + " the objective and the base score; use Booster.save_model(\"model.json\")");
    }

    if (first < file.length && file[first] == '{') {
      int second = afterWhiteSpace(file, first + 1);
      byte marker = second < file.length ? file[second] : 0;
      if (marker == '"') {
        return JSON;
      }

      if (marker == 'L' && first == 0 && second == 1) {
        return UBJSON;
      }

      throw new CorruptModelException(
          "Cannot read the model: it begins like an object, but a key of JSON or UBJSON does not"
              + " follow; it was changed or cut short");
    }

    if (looksLikeRawBinary(file)) {
      throw new UnsupportedModelException(
          "Cannot read the model: it looks like XGBoost's old binary format, from before 0.90"
              + RESAVE);
    }

    throw new CorruptModelException(
        "Cannot read the model: it is neither JSON nor UBJSON; expected what XGBoost's save_model"
            + " writes");
  }

  /** Files of other tools, recognised by their first bytes. */
  private enum Foreign {
    PICKLE(
        "\u0080",
        "a Python pickle, as pickle and joblib write it, which is a program; load it where it was"
            + " written (joblib.load) and call save_model(\"model.ubj\") of the model"),
    OLD_PICKLE(
        "ccopy_reg\n",
        "a Python pickle, which is a program; load it where it was written and call"
            + " save_model(\"model.ubj\") of the model"),
    OLD_PICKLED_DICT(
        "(dp0\n",
        "a Python pickle, which is a program; load it where it was written and call"
            + " save_model(\"model.ubj\") of the model"),
    GZIP("\u001f\u008b", compressed("gzip")),
    BZIP2("BZh", compressed("bzip2")),
    XZ("\u00fd7zXZ", compressed("xz")),
    LZMA("]\u0000\u0000", compressed("lzma")),
    ZSTD("\u0028\u00b5\u002f\u00fd", compressed("zstd")),
    ZLIB("\u0078\u009c", compressed("zlib")),
    ZLIB_FAST("\u0078\u0001", compressed("zlib")),
    ZLIB_SMALL("\u0078\u00da", compressed("zlib")),
    ZLIB_LOW("\u0078\u005e", compressed("zlib")),
    ZIP(
        "PK\u0003\u0004",
        "a ZIP archive, as skops and others write it; load it where it was written and call"
            + " save_model(\"model.ubj\") of the XGBoost model in it"),
    LIGHTGBM("tree\n", "a model of LightGBM; only models of XGBoost are scored"),
    LIGHTGBM_WINDOWS("tree\r\n", "a model of LightGBM; only models of XGBoost are scored"),
    LIGHTGBM_JSON("{\"name\": \"tree\"", "a model of LightGBM; only models of XGBoost are scored"),
    DUMP(
        "booster[0]:",
        "a text that Booster.dump_model wrote, which lacks the objective and the base score; use"
            + " Booster.save_model(\"model.json\")"),
    XML("<?xml", "an XML file, such as PMML; only models of XGBoost are scored"),
    CATBOOST("CBM1", "a model of CatBoost; only models of XGBoost are scored"),
    HDF5("\u0089HDF", "an HDF5 file; only models of XGBoost are scored");

    private final String start;
    private final String text;

    Foreign(String start, String text) {
      this.start = start;
      this.text = text;
    }

    private static String compressed(String by) {
      return "a file compressed with "
          + by
          + "; decompress it first, or, if it is a pickle that joblib compressed, load it with"
          + " joblib.load and call save_model(\"model.ubj\") of the model";
    }

    static Optional<Foreign> of(byte[] file) {
      return Arrays.stream(values()).filter(kind -> startsWith(file, kind.start)).findFirst();
    }
  }

  private static boolean startsWith(byte[] file, String text) {
    byte[] start = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int at = 0; at < start.length; at++) {
      if (at >= file.length || file[at] != start[at]) {
        return false;
      }
    }

    return true;
  }

  private static int afterWhiteSpace(byte[] file, int from) {
    int at = from;
    while (at < file.length
        && (file[at] == ' ' || file[at] == '\n' || file[at] == '\r' || file[at] == '\t')) {
      at++;
    }

    return at;
  }

  /**
   * Returns whether the file could begin with raw parameters: a float base score, the number of
   * features, the number of classes.
   */
  private static boolean looksLikeRawBinary(byte[] file) {
    if (file.length < 136) {
      return false;
    }

    int features = littleEndian(file, 4);
    int classes = littleEndian(file, 8);
    return features > 0 && features < 1 << 24 && classes >= 0 && classes < 1 << 16;
  }

  private static int littleEndian(byte[] file, int at) {
    return (file[at] & 0xff)
        | (file[at + 1] & 0xff) << 8
        | (file[at + 2] & 0xff) << 16
        | (file[at + 3] & 0xff) << 24;
  }
}
