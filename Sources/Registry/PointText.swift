/// The point of a grid as people read it.
enum PointText {
  /// SQL for what the JSON object in `column` asks for: `A=1/32 G=4` in the order of the axes, `base`
  /// where no axis is set, NULL where no grid asked.
  static func sql(_ column: String) -> String {
    """
    CASE WHEN \(column) IS NOT NULL THEN coalesce(
      (SELECT group_concat(key || '=' || value, ' ') FROM json_each(\(column))), 'base') END
    """
  }
}
