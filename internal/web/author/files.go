package author

import (
	"context"
	"errors"
	"net/http"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Files is what these pages ask of package attachment.
type Files interface {
	Add(ctx context.Context, by people.AccountID, submission call.SubmissionID, sent attachment.Sent) (attachment.Attachment, error)
	Remove(ctx context.Context, by people.AccountID, submission call.SubmissionID, file attachment.ID) error
	Of(ctx context.Context, submission call.SubmissionID) ([]attachment.Attachment, error)
	Open(ctx context.Context, submission call.SubmissionID, file attachment.ID) (attachment.Attachment, []byte, error)
}

// mostOfUpload is how many bytes a form with a file may have.
const mostOfUpload = attachment.MaxBytes + 1<<20

var fileFields = web.Fields{"file": "author.file"}

// Attaches says whether files can still be added and taken off.
func (p submissionPage) Attaches() bool {
	return p.Submission.State == call.Drafted || p.Submission.State.Writable() && p.Closed == nil
}

// takeFile keeps a file with a submission. The text of the submission is in another form and stays as it is.
func (p *Pages) takeFile(w http.ResponseWriter, r *http.Request) error {
	page, err := p.submission(r)
	if err != nil {
		return err
	}
	came := false
	page.FileForm, err = web.ReadUpload(r, fileFields, func(f web.File) error {
		if f.Name == "" {
			return nil // no file was chosen
		}
		came = true
		_, err := p.Files.Add(r.Context(), me(r), page.Submission.ID, attachment.Sent{Name: f.Name, Reader: f})
		return err
	})
	told := &errs.Error{}
	switch {
	case errors.As(err, &told) && told.Kind.Correctable():
		page.FileForm.Problems.Put("file", told)
	case err != nil:
		if err := desk.Blame(&page.FileForm, err); err != nil {
			return err
		}
	case !came && page.FileForm.Good():
		page.FileForm.Problems.Add("file", "author.no_file")
	}
	if !page.FileForm.Good() {
		if page.Sheet, err = p.Sheet(r, page.key(), page.saved()); err != nil {
			return err
		}
		return submissionTemplate.ShowStatus(w, r, page.FileForm.Status(), page)
	}
	web.Flash(r, "author.file_kept")
	return web.Redirect(w, r, "submission", page.Edition.Slug, page.Submission.Code)
}

// removeFile takes a file off a submission.
func (p *Pages) removeFile(w http.ResponseWriter, r *http.Request) error {
	page, err := p.submission(r)
	if err != nil {
		return err
	}
	if err := p.Files.Remove(r.Context(), me(r), page.Submission.ID, attachment.ID(r.PathValue("file"))); err != nil {
		return err
	}
	web.Flash(r, "author.file_removed")
	return web.Redirect(w, r, "submission", page.Edition.Slug, page.Submission.Code)
}

// sendFile hands a file out to whoever works on the submission.
func (p *Pages) sendFile(w http.ResponseWriter, r *http.Request) error {
	page, err := p.submission(r)
	if err != nil {
		return err
	}
	a, content, err := p.Files.Open(r.Context(), page.Submission.ID, attachment.ID(r.PathValue("file")))
	if err != nil {
		return err
	}
	return desk.Handout{Name: a.Name, Kind: string(a.Kind), Content: content}.Send(w)
}
