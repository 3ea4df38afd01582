/// The Minor Planet Center's `mpc_orb` document: coefficients with covariance in Cartesian (CAR) and cometary (COM) form.
enum OrbitFit {
    /// Adds the covariance and fills elements, names and magnitudes that the row itself did not give.
    static func fill(_ text: UnsafeRawBufferPointer, _ draft: inout OrbitDraft) {
        var cartesian: UnsafeRawBufferPointer?
        var cometary: UnsafeRawBufferPointer?
        _ = JSONCursor.members(of: text) { key, value in
            guard value.kind == .object else { return }
            if key.isText("CAR") {
                cartesian = value.bytes
            } else if key.isText("COM") {
                cometary = value.bytes
            } else if key.isText("designation_data") {
                takeNames(value.bytes, &draft)
            } else if key.isText("epoch_data") {
                takeEpoch(value.bytes, &draft)
            } else if key.isText("magnitude_data") {
                takeMagnitudes(value.bytes, &draft)
            }
        }
        draft.covariance = cartesian.flatMap { Block($0).covariance(.cartesian) }
        // The row has the same elements; they and their covariance are read where it has none.
        guard draft.covariance == nil || !isComplete(draft.elements), let cometary else { return }
        let block = Block(cometary)
        if block.values.count >= 6 { takeElements(block.values, &draft) }
        if draft.covariance == nil { draft.covariance = block.covariance(.cometary) }
    }

    private static func isComplete(_ one: CometaryElements) -> Bool {
        one.qAu.isFinite && one.eccentricity.isFinite && one.inclinationDeg.isFinite && one.nodeDeg.isFinite
            && one.argPeriDeg.isFinite && one.timeOfPerihelionMjdTT.isFinite
    }

    private static func takeNames(_ text: UnsafeRawBufferPointer, _ draft: inout OrbitDraft) {
        var key = draft.key
        var name: [UInt8] = []
        _ = JSONCursor.members(of: text) { member, value in
            guard let text = value.text, !text.isEmpty else { return }
            if member.isText("permid") {
                if key.number == 0, let found = ElementFields.key(text), found.number != 0 { key.number = found.number }
            } else if member.isText("packed_primary_provisional_designation") {
                if key.provisional == 0, let found = BodyKey(packed: text) { key.provisional = found.provisional }
            } else if member.isText("unpacked_primary_provisional_designation") {
                if key.provisional == 0, let found = BodyKey.provisional(plain: text) { key.provisional = found }
            } else if member.isText("iau_name") || member.isText("name") {
                if name.isEmpty { name = value.unescaped }
            }
        }
        draft.key = key
        draft.elements.kind = key.kind
        if draft.name.isEmpty, !name.isEmpty { draft.name = name }
    }

    private static func takeEpoch(_ text: UnsafeRawBufferPointer, _ draft: inout OrbitDraft) {
        guard !draft.elements.epochMjdTT.isFinite else { return }
        var epoch = Double.nan
        _ = JSONCursor.members(of: text) { key, value in
            if key.isText("epoch") { epoch = value.number ?? .nan }
        }
        draft.elements.epochMjdTT = epoch
    }

    private static func takeMagnitudes(_ text: UnsafeRawBufferPointer, _ draft: inout OrbitDraft) {
        var (h, g, g12): (Double?, Double?, Double?) = (draft.elements.h, draft.elements.g, draft.elements.g12)
        _ = JSONCursor.members(of: text) { key, value in
            if key.isText("H"), h == nil { h = value.number }
            if key.isText("G"), g == nil { g = value.number }
            if key.isText("G12"), g12 == nil { g12 = value.number }
        }
        (draft.elements.h, draft.elements.g, draft.elements.g12) = (h, g, g12)
    }

    private static func takeElements(_ values: [Double], _ draft: inout OrbitDraft) {
        func fill(_ path: WritableKeyPath<CometaryElements, Double>, _ value: Double) {
            if !draft.elements[keyPath: path].isFinite { draft.elements[keyPath: path] = value }
        }
        fill(\.qAu, values[0])
        fill(\.eccentricity, values[1])
        fill(\.inclinationDeg, values[2])
        fill(\.nodeDeg, values[3])
        fill(\.argPeriDeg, values[4])
        fill(\.timeOfPerihelionMjdTT, values[5])
    }

    /// One form of the fit.
    private struct Block {
        private(set) var names: [[UInt8]] = []
        private(set) var values: [Double] = []
        /// Elements by row and column as `cov03` names them; NaN where there is none. Empty without a covariance.
        private var matrix: [Double] = []

        init(_ text: UnsafeRawBufferPointer) {
            var (names, values, matrix): ([[UInt8]], [Double], [Double]) = ([], [], [])
            _ = JSONCursor.members(of: text) { key, value in
                if key.isText("coefficient_names") || key.isText("element_order"), value.kind == .array, names.isEmpty {
                    _ = JSONCursor.elements(of: value.bytes) { names.append(Array($0.bytes)) }
                } else if key.isText("coefficient_values") {
                    values = JSONCursor.numbers(of: value) ?? []
                } else if key.isText("covariance"), value.kind == .object {
                    let width = OrbitCovariance.maxDimension
                    matrix = [Double](repeating: .nan, count: width * width)
                    _ = JSONCursor.members(of: value.bytes) { name, cell in
                        guard let place = Block.place(name), let number = cell.number else { return }
                        matrix[place] = number
                    }
                }
            }
            (self.names, self.values, self.matrix) = (names, values, matrix)
        }

        /// `cov03` is row 0, column 3; beyond nine two digits each: `cov0010`.
        private static func place(_ name: UnsafeRawBufferPointer) -> Int? {
            guard name.count == 5 || name.count == 7, name.starts(with: "cov".utf8) else { return nil }
            let width = (name.count - 3) / 2
            guard let row = Digits.number(name[3..<3 + width]), let column = Digits.number(name[(3 + width)...]),
                max(row, column) < OrbitCovariance.maxDimension
            else { return nil }
            return min(row, column) * OrbitCovariance.maxDimension + max(row, column)
        }

        /// As many parameters as have a full triangle; nil below six.
        func covariance(_ basis: OrbitCovariance.Basis) -> OrbitCovariance? {
            let width = OrbitCovariance.maxDimension
            var dimension = 0
            guard !matrix.isEmpty else { return nil }
            while dimension < width, (0...dimension).allSatisfy({ !matrix[$0 * width + dimension].isNaN }) {
                dimension += 1
            }
            guard dimension >= 6 else { return nil }
            var triangle: [Double] = []
            for row in 0..<dimension {
                for column in row..<dimension { triangle.append(matrix[row * width + column]) }
            }
            let extras = (6..<dimension).map {
                $0 < names.count ? OrbitCovariance.Parameter(name: names[$0]) : .other
            }
            return OrbitCovariance(
                basis: basis, extraParameters: extras, values: values.count == dimension ? values : [],
                upperTriangle: triangle)
        }
    }
}
