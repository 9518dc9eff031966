import ScalingLaws
import Wire

/// The fit of one form, or of rivals, to the rows of one group.
struct FormFit: Encodable {
  /// How much a rival is believed, beside its fit.
  struct Standing: Encodable {
    var form: String
    var rmse: Double
    var akaikeDifference: Double?
    var akaikeWeight: Double
    var bayesWeight: Double
    var heldOutRMSE: Double?
  }

  var group: String
  var fit: LawFit
  /// Empty unless rivals were asked for; the best first.
  var rivals: [Standing]
  /// Nil unless it was asked for.
  var leftOut: LeftOutErrors?

  /// Fits `forms[0]`, and compares it with the others.
  ///
  /// - Parameter rows: their values are those of each form's quantity and variables, by letter.
  init(
    _ forms: [any NamedLawForm], to rows: [FitSelection.Row], letters: [String], group: String,
    options: FitOptions, leaveOut: String?
  ) throws(ScalingLawsError) {
    let rivals = forms.map { form in
      LawComparison.Rival(form, LawData(rows, letters: letters, for: form))
    }
    self.group = group
    if forms.count > 1 {
      let comparison = try LawComparison(rivals, options: options)
      fit = comparison.entries.first { $0.fit.form == forms[0].name }!.fit
      self.rivals = comparison.entries.map {
        Standing(
          form: $0.fit.form, rmse: $0.fit.quality.rmse, akaikeDifference: $0.akaikeDifference,
          akaikeWeight: $0.akaikeWeight, bayesWeight: $0.bayesWeight,
          heldOutRMSE: $0.fit.heldOutRMSE)
      }
    } else {
      fit = try LawFit.fit(forms[0], to: rivals[0].data, options: options)
      self.rivals = []
    }
    leftOut = nil
    if let leaveOut {
      leftOut = try LeftOutErrors(of: forms[0], to: rivals[0].data, by: leaveOut, options: options)
    }
  }
}

extension LawData {
  fileprivate init(
    _ rows: [FitSelection.Row], letters: [String], for form: any NamedLawForm
  ) {
    // The letters were made from the forms, so each is there.
    let places = form.variables.map { letters.firstIndex(of: $0.name)! }
    let value = letters.firstIndex(of: form.quantity.name)!
    self.init(
      rows: rows.map { row in
        Row(
          run: row.run, cell: row.cell, variables: places.map { row.values[$0] },
          value: row.values[value])
      })
  }
}
