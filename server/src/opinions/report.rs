//! What came of a sheet, as a table and as a paper; once it is closed.
use super::{Error, Result, Service, paper as text};
use crate::actor::Actor;
use crate::documents::register::sheet::csv_of;
use crate::paper;
use app::dto::opinions::{SheetDetail, SheetState};
use app::ids::SheetId;

impl Service {
    /// One line for each person and question, with those who did not answer.
    pub async fn answers_csv(&self, actor: &Actor, id: &SheetId) -> Result<Vec<u8>> {
        let detail = self.closed(actor, id).await?;
        let head = [
            "STT",
            "Họ và tên",
            "Chức vụ",
            "Nội dung xin ý kiến",
            "Ý kiến",
            "Nội dung ý kiến",
            "Thời điểm",
        ];
        let mut lines = Vec::new();
        for (n, asked) in (1..).zip(&detail.members) {
            for (at, question) in detail.questions.iter().enumerate() {
                let said = asked.said.get(at);
                lines.push(vec![
                    n.to_string(),
                    asked.full_name.clone(),
                    asked.position.clone(),
                    question.text.clone(),
                    said.map_or(text::SILENT, |s| text::choice(s.choice)).to_owned(),
                    said.map(|s| s.words.clone()).unwrap_or_default(),
                    said.map(|s| s.at.text.clone()).unwrap_or_default(),
                ]);
            }
        }
        csv_of(head, &lines).map_err(|e| Error::Report(e.to_string()))
    }

    /// Bảng tổng hợp ý kiến as a PDF.
    pub async fn summing_up(&self, actor: &Actor, id: &SheetId) -> Result<Vec<u8>> {
        let detail = self.closed(actor, id).await?;
        let paper = text::summing_up(&detail, &self.config.body_name);
        let set = tokio::task::spawn_blocking(move || paper::set(&paper)).await;
        let set = set
            .map_err(|e| Error::Report(e.to_string()))?
            .map_err(|e| Error::Report(e.to_string()))?;
        Ok(set.bytes)
    }

    async fn closed(&self, actor: &Actor, id: &SheetId) -> Result<SheetDetail> {
        let detail = self.get(actor, id).await?;
        if detail.row.state == SheetState::Closed {
            Ok(detail)
        } else {
            Err(Error::NotNow)
        }
    }
}
