package desk

// The rows of the policy that allow what is done at the desk.
const (
	EditEdition   = "edition.edit"
	EditProgramme = "programme.edit"
	EditPeople    = "people.edit"
)
